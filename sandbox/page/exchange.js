// One delivery or call in the inspector: a line, and what was sent and answered under it.

import { get, post } from "./api.js";
import { nameOf } from "./directory.js";
import { h, icon } from "./dom.js";
import { exactTimeOf } from "./times.js";

const KINDS = {
  slash_command: "Command",
  block_actions: "Button or menu",
  block_suggestion: "Suggestions",
  view_submission: "Form sent",
  view_closed: "Form closed",
  shortcut: "Shortcut",
  message_action: "Message shortcut",
  event_callback: "Event",
  call: "API call",
};

function written(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function part(title, value) {
  const empty = value === "" || (value && typeof value === "object" && Object.keys(value).length === 0);
  return h(
    "section",
    { class: "exchange-document" },
    h("h3", {}, title),
    empty ? h("p", { class: "muted" }, "Nothing.") : h("pre", { tabindex: 0, role: "region", "aria-label": title }, written(value)),
  );
}

function replayed({ ok, status, error }) {
  if (!ok) return error;
  return error ? `Delivered again: ${error}.` : `Delivered again: the app answered with status ${status}. Nothing was made of the answer.`;
}

/** A button that delivers the same once more, and says what came of it. */
function replayer(number) {
  const said = h("span", { role: "status" });
  const button = h("button", { class: "button", type: "button" }, "Deliver it again");
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    try {
      said.textContent = replayed(await post("admin/replay", { number }));
    } catch (error) {
      said.textContent = error.message;
    }
    button.removeAttribute("aria-busy");
  });
  return h("p", { class: "exchange-replay" }, button, said);
}

async function readInto(place, row) {
  try {
    const { sent, answer } = await get(`admin/exchanges/${row.number}`, {});
    const call = row.kind === "call";
    place.replaceChildren(
      h("div", { class: "exchange-documents" }, part(call ? "Arguments" : "Payload", sent), part(call ? "Answer" : "The app's answer", answer)),
      ...(call ? [] : [replayer(row.number)]),
    );
  } catch (error) {
    place.replaceChildren(h("p", { role: "alert" }, error.message));
  }
}

/** The element of a row: a line that opens. What is under it is read when it is first opened. */
export function renderExchange(row) {
  const marks = [row.retry && `retry ${row.retry}`, row.replay && "again"].filter(Boolean);
  const place = h("div", { class: "exchange-inside" });
  const line = h(
    "summary",
    {},
    h("time", {}, exactTimeOf(new Date(row.at * 1000))),
    h("span", { class: "exchange-kind" }, KINDS[row.kind] ?? row.kind),
    h("span", { class: "exchange-name" }, h("code", {}, row.name), row.user && h("span", { class: "muted" }, ` ${nameOf(row.user) ?? row.user}`)),
    h("span", { class: "exchange-marks" }, ...marks.map((mark) => h("span", { class: "badge" }, mark))),
    h("span", { class: "exchange-ms" }, !row.running && `${row.ms < 10 ? row.ms.toFixed(1) : Math.round(row.ms)} ms`),
    h("span", { class: "exchange-status" }, row.status && String(row.status)),
    h("span", { class: row.ok ? "verdict" : "verdict wrong" }, icon(row.running ? "more" : row.ok ? "check" : "warning"), h("span", {}, row.verdict)),
  );
  const details = h("details", {}, line, place);
  details.addEventListener("toggle", () => {
    if (details.open && place.childElementCount === 0) readInto(place, row);
  });
  return h("li", { class: "exchange" }, details);
}
