// Dialogs above the page: the focus stays inside while one is open, and goes back to where it was.

import { h, icon, newId } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const FOCUSABLE = "a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/** What can have the focus in an element, in order. */
export function focusable(element) {
  return [...element.querySelectorAll(FOCUSABLE)].filter(
    (each) => each.tabIndex >= 0 && each.getClientRects().length > 0 && !each.closest("[inert]"),
  );
}

/**
 * A dialog that is not shown yet. Tab goes round in it, Escape and a press on what is behind it call `oncancel`.
 */
export function makeDialog({ className, role = "dialog", labelledBy, describedBy, oncancel }, ...children) {
  const dialog = h(
    "dialog",
    { class: className, role, "aria-modal": true, "aria-labelledby": labelledBy, "aria-describedby": describedBy },
    ...children,
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      oncancel();
    } else if (event.key === "Tab") {
      const stops = focusable(dialog);
      const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
      if (stops.length === 0 || document.activeElement === from || document.activeElement === dialog) {
        event.preventDefault();
        (to ?? dialog).focus();
      }
    }
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    oncancel();
  });
  return dialog;
}

/** Shows a dialog. */
export function showDialog(dialog) {
  dialog.returnTo = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
}

/** Takes a dialog away; the focus goes back if what had it is still there. */
export function removeDialog(dialog) {
  dialog.remove(); // without close(): Chromium would give the focus back by itself, and what is typed there then is lost
  if (dialog.returnTo?.isConnected) dialog.returnTo.focus({ preventScroll: true });
}

/** Asks a Slack confirm object's question. True if the person confirms. */
export function confirmed(question) {
  return new Promise((resolve) => {
    const titleId = newId("confirm");
    const textId = newId("confirm");
    const end = (answer) => {
      removeDialog(dialog);
      resolve(answer);
    };
    const yes = h(
      "button",
      { class: `button ${question.style === "danger" ? "danger" : "primary"}`, type: "button", onclick: () => end(true) },
      ...(question.confirm ? textObject(question.confirm) : ["Yes"]),
    );
    const no = h(
      "button",
      { class: "button", type: "button", onclick: () => end(false) },
      ...(question.deny ? textObject(question.deny) : ["Cancel"]),
    );
    const dialog = makeDialog(
      { className: "dialog confirm", role: "alertdialog", labelledBy: titleId, describedBy: textId, oncancel: () => end(false) },
      h(
        "header",
        { class: "dialog-head" },
        h("h2", { id: titleId }, ...textObject(question.title)),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => end(false) }, icon("close")),
      ),
      h("div", { class: "dialog-body", id: textId }, h("p", {}, ...textObject(question.text))),
      h("footer", { class: "dialog-foot" }, no, yes),
    );
    showDialog(dialog);
    yes.focus();
  });
}
