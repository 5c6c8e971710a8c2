// Work Objects: what an app says of a thing elsewhere, as a card under a message, and in a pane that the app fills for who opens it.

import { post } from "./api.js";
import { renderBlocks, samePlace } from "./blocks/render.js";
import { Surface } from "./blocks/surface.js";
import { makeDialog, removeDialog, showDialog } from "./dialog.js";
import { channel as channelOf, nameOf } from "./directory.js";
import { h, icon, newId } from "./dom.js";
import { link } from "./mrkdwn.js";
import { fillDate } from "./times.js";

const PATIENCE_MS = 5000; // the app has 3 s, and something gets lost on the way
const REASONS = {
  __proto__: null, // what an app says is looked up here
  not_found: "This isn't there any more.",
  restricted: "You can't see this.",
  timeout: "The app took too long.",
};

function moment(seconds) {
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? String(seconds) : fillDate("{date_short_pretty} at {time}", at);
}

const VALUES = {
  __proto__: null,
  "slack#/types/user": ({ user }) => nameOf(user?.user_id) ?? user?.text ?? user?.user_id,
  "slack#/types/timestamp": ({ value }) => moment(value),
  "slack#/types/channel_id": ({ value }) => `#${channelOf(value)?.name ?? value}`,
  "slack#/types/entity_ref": ({ entity_ref: of }) => link(of?.entity_url ?? "", of?.title ?? of?.entity_url ?? ""),
  "slack#/types/link": ({ value }) => link(value ?? "", value ?? ""),
  "slack#/types/image": ({ image_url: address, alt_text: words }) => address && h("img", { src: address, alt: words ?? "" }),
  boolean: ({ value }) => (value ? "Yes" : "No"),
  array: ({ value }) => [value ?? []].flat().flatMap((each, at) => [...(at ? [", "] : []), valueOf("", each ?? {})]),
};

/** What a field says. Numbers in fields of the name date_… are moments. */
function valueOf(key, field) {
  const kind = field.type ?? (key.startsWith("date_") && typeof field.value === "number" ? "slack#/types/timestamp" : "string");
  const said = VALUES[kind]?.(field) ?? String(field.value ?? "");
  return field.link && typeof said === "string" ? link(field.link, said) : said;
}

function labelOf(key, { label }) {
  const words = key.replaceAll("_", " ");
  return label ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The fields as the app orders them; those that it leaves out of its order aren't shown. */
function facts({ fields = {}, custom_fields: custom = [], display_order: order }) {
  const all = new Map([...Object.entries(fields), ...custom.map((each) => [each.key, each])]);
  const shown = (order?.length ? order : [...all.keys()]).filter((key) => all.has(key));
  const row = (key) => h("div", {}, h("dt", {}, labelOf(key, all.get(key))), h("dd", {}, valueOf(key, all.get(key))));
  return shown.length > 0 && h("dl", { class: "facts" }, ...shown.map(row));
}

function kindOf({ display_type: type, display_id: id, product_name: product }) {
  return h("p", { class: "muted" }, [type, id, product].filter(Boolean).join(" "));
}

/** The card; `place` is `{user, channel, ts}` of its message, without `ts` while there is none, and `surface` where its buttons stand. */
export function entityCard({ id, entity, blocks }, place, surface) {
  const { attributes, ...rest } = entity.entity_payload;
  const open = () => openDetails(place, id, entity);
  return [
    place.ts
      ? h("button", { class: "entity-title", type: "button", "aria-haspopup": "dialog", onclick: open }, attributes.title.text)
      : h("b", {}, attributes.title.text),
    kindOf(attributes),
    facts(rest),
    ...renderBlocks(blocks, surface),
  ].filter(Boolean);
}

let pane = null;

async function openDetails({ user, channel, ts }, attachment, entity) {
  const titleId = newId("details");
  const body = h("div", { class: "dialog-body", role: "region", "aria-live": "polite", "aria-labelledby": titleId, tabindex: 0 });
  const mine = { user, url: entity.url, body };
  const close = () => {
    clearTimeout(mine.timer);
    removeDialog(mine.dialog);
    if (pane === mine) pane = null;
  };
  mine.title = h("h2", { id: titleId }, entity.entity_payload.attributes.title.text);
  mine.dialog = makeDialog(
    { className: "dialog modal details", labelledBy: titleId, oncancel: close },
    h(
      "header",
      { class: "dialog-head" },
      mine.title,
      h("button", { class: "icon-button", type: "button", "aria-label": "Close", onclick: close }, icon("close")),
    ),
    body,
  );
  pane = mine;
  say(mine, "Loading…", true);
  showDialog(mine.dialog);
  body.focus();
  mine.timer = setTimeout(() => say(mine, "The app hasn't shown anything. Close this, and try again."), PATIENCE_MS);
  try {
    const answer = await post("details", { user, channel, ts, attachment });
    if (!answer.ok) say(mine, answer.error);
  } catch (error) {
    say(mine, error.message);
  }
}

function say({ body, timer }, words, busy = false) {
  clearTimeout(timer);
  body.setAttribute("aria-busy", String(busy));
  body.replaceChildren(h("p", {}, words));
}

/** Fills the pane that is open with what the app shows there. */
export function showDetails({ opened, entity, error, sign_in: address, blocks }) {
  if (!pane || pane.url !== opened.url) return;
  const { body, title, timer, user } = pane;
  clearTimeout(timer);
  const surface = new Surface(user, { type: "entity_detail" });
  const shown = entity
    ? [kindOf(entity.entity_payload.attributes), facts(entity.entity_payload)]
    : error
      ? refusal(error, surface)
      : [h("p", {}, "Sign in to see more: "), link(address, address)];
  if (entity) title.textContent = entity.entity_payload.attributes.title.text;
  const focused = body.contains(document.activeElement) ? document.activeElement : null;
  body.setAttribute("aria-busy", "false");
  body.replaceChildren(...shown.filter(Boolean), ...renderBlocks(blocks, surface));
  if (focused) (samePlace(body, focused) ?? body).focus({ preventScroll: true });
}

function refusal({ status, custom_title: heading, custom_message: words = "", message_format: format }, surface) {
  const text = status.startsWith("custom") ? words : (REASONS[status] ?? `The app had an error (${status}).`);
  const said = format === "markdown" ? renderBlocks([{ type: "markdown", text }], surface) : [h("p", {}, text)];
  return [heading && h("h3", {}, heading), ...said];
}
