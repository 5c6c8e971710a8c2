// Modals: the stack of views that the app has opened for the person who looks. One dialog shows the top view.

import { post } from "./api.js";
import { renderBlocks, samePlace } from "./blocks/render.js";
import { Surface } from "./blocks/surface.js";
import { focusable, makeDialog, removeDialog, showDialog } from "./dialog.js";
import { h, icon, newId } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { toast } from "./toast.js";

/** One view: its form, what stands in it, and whether it is being sent. */
class Pane {
  constructor(view, modals, before) {
    Object.assign(this, { view, modals });
    this.surface = new Surface(modals.user, { type: "view", view_id: view.id });
    this.titleId = newId("title");
    const closeText = view.close ? textObject(view.close) : [view.submit ? "Cancel" : "Close"];
    this.failure = h("p", { class: "dialog-failure", role: "alert" });
    this.submitButton =
      view.submit && h("button", { class: "button primary", type: "submit" }, ...textObject(view.submit));
    this.body = h("div", { class: "dialog-body" }, ...renderBlocks(view.blocks, this.surface));
    this.node = h(
      "form",
      { class: "view", novalidate: true, onsubmit: (event) => this.#submit(event) },
      h(
        "header",
        { class: "dialog-head" },
        h("h2", { id: this.titleId }, ...textObject(view.title)),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close", onclick: () => this.modals.cancelAll() }, icon("close")),
      ),
      this.body,
      h(
        "footer",
        { class: "dialog-foot" },
        this.failure,
        h("button", { class: "button", type: "button", onclick: () => this.cancel() }, ...closeText),
        this.submitButton,
      ),
    );
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.submitButton) this.node.requestSubmit();
    });
    this.surface.takeOver(view.state?.values, before?.surface);
  }

  /** Remembers where its person was, before it is taken from the screen. */
  leave() {
    this.scrolled = this.body.scrollTop;
    this.focused = this.node.contains(document.activeElement) ? document.activeElement : null;
  }

  /** Stands for another pane: its person goes on where they were in that one. */
  replace(before) {
    this.scrolled = before.scrolled;
    this.focused = samePlace(this.node, before.focused);
  }

  /** Goes on where its person was; else begins at the field that the app wants. */
  enter() {
    this.body.scrollTop = this.scrolled ?? 0;
    const controls = [...this.surface.controls.values()];
    const again = this.focused;
    const first = controls.find((control) => control.focusFirst) ?? controls[0];
    (again ?? first?.target ?? this.submitButton ?? focusable(this.node).at(-1)).focus();
  }

  async #submit(event) {
    event.preventDefault();
    if (this.node.getAttribute("aria-busy") === "true") return;
    this.failure.textContent = "";
    const inputs = [...this.surface.controls.values()].filter((control) => control.complain);
    if (this.#complain(inputs, (control) => control.problem())) return;
    this.#busy(true);
    try {
      const answer = await post("submit", { user: this.modals.user, view_id: this.view.id, values: this.surface.values() });
      if (answer.errors) {
        const shown = this.#complain(inputs, (control) => answer.errors[control.blockId]);
        if (!shown) this.failure.textContent = Object.values(answer.errors).join(" ");
      } else if (!answer.ok) {
        this.failure.textContent = answer.error ?? "The app didn't take this.";
      }
    } catch (error) {
      this.failure.textContent = error.message;
    } finally {
      this.#busy(false);
    }
  }

  /** Writes beside each field what is wrong with it; the first such field gets the focus. True if there is one. */
  #complain(inputs, problemOf) {
    let first = null;
    for (const control of inputs) {
      const problem = problemOf(control);
      control.complain(problem);
      if (problem) first ??= control;
    }
    first?.target.focus();
    return first !== null;
  }

  #busy(busy) {
    this.node.setAttribute("aria-busy", String(busy));
    // not `disabled`: that would take the focus away
    this.submitButton.setAttribute("aria-disabled", String(busy));
  }

  /** Closes this view as its person wishes; the one below it shows again. */
  cancel() {
    this.modals.cancel(this.view.id, false);
  }
}

/** The stack. The server is told of what the person does, and tells what is open. */
export class Modals {
  constructor() {
    this.user = null;
    this.panes = [];
    this.shown = undefined;
    this.dialog = null;
  }

  /** Takes the views that a person has open as the whole truth; what stands in those that stay is kept. */
  replace(user, views) {
    if (user !== this.user) this.panes = [];
    this.user = user;
    const ids = views.map((view) => view.id);
    this.panes = this.panes.filter((pane) => ids.includes(pane.view.id));
    this.#show();
    for (const view of views) this.opened(view);
  }

  /** A view is on top now. */
  opened(view) {
    if (view.type !== "modal") return;
    if (this.panes.some((pane) => pane.view.id === view.id)) {
      this.updated(view);
      return;
    }
    this.panes.push(new Pane(view, this));
    this.#show();
  }

  /** A view shows something else; what stands in fields that stay is kept. */
  updated(view) {
    const at = this.panes.findIndex((pane) => pane.view.id === view.id);
    if (at < 0 || this.panes[at].view.hash === view.hash) return;
    const before = this.panes[at];
    const pane = new Pane(view, this, before);
    if (before === this.shown) before.leave();
    pane.replace(before);
    this.panes[at] = pane;
    this.#show();
  }

  /** A view is gone. */
  closed(viewId) {
    const rest = this.panes.filter((pane) => pane.view.id !== viewId);
    if (rest.length === this.panes.length) return;
    this.panes = rest;
    this.#show();
  }

  /** Closes all views as their person wishes. */
  cancelAll() {
    this.cancel(this.shown.view.id, true);
  }

  /** Closes the top view, or all. */
  async cancel(viewId, wholeStack) {
    this.panes = wholeStack ? [] : this.panes.filter((pane) => pane.view.id !== viewId);
    this.#show();
    try {
      const answer = await post("close", { user: this.user, view_id: viewId, whole_stack: wholeStack });
      if (!answer.ok) toast(answer.error);
    } catch (error) {
      toast(error.message);
    }
  }

  #show() {
    const top = this.panes.at(-1);
    if (top === this.shown) return;
    if (this.panes.includes(this.shown)) this.shown.leave();
    this.shown = top;
    if (!top) {
      removeDialog(this.dialog);
      this.dialog = null;
      return;
    }
    if (!this.dialog) {
      this.dialog = makeDialog({ className: "dialog modal", oncancel: () => this.shown.cancel() });
      showDialog(this.dialog);
    }
    this.dialog.setAttribute("aria-labelledby", top.titleId);
    this.dialog.replaceChildren(top.node);
    top.enter();
  }
}
