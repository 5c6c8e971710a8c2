// Where blocks stand: a message or a view. Elements tell it what a person does, and it knows what they hold.

import { post } from "../api.js";
import { confirmed } from "../dialog.js";
import { toast } from "../toast.js";

/**
 * `container` is `{type: "message", channel, ts}` or `{type: "view", view_id}`, as the sandbox wants it in each request.
 */
export class Surface {
  constructor(user, container) {
    this.user = user;
    this.container = container;
    this.controls = new Map();
  }

  /** Adds a control: `{blockId, actionId, type, value(), restore(state), adopt?(control), problem?()}`. */
  register(control) {
    this.controls.set(JSON.stringify([control.blockId, control.actionId]), control);
  }

  /** The control at the same place as another one. */
  like({ blockId, actionId }) {
    return this.controls.get(JSON.stringify([blockId, actionId]));
  }

  /** Fills the controls: as on the surface that this one stands for, where the field is the same, else by `state.values`. */
  takeOver(values, before) {
    for (const control of this.controls.values()) {
      const kept = before?.like(control);
      if (kept?.type === control.type && control.adopt) {
        control.adopt(kept);
        continue;
      }
      const state = kept?.type === control.type ? kept.value() : values?.[control.blockId]?.[control.actionId];
      if (state) control.restore(state);
    }
  }

  /** What all controls hold, as Slack's `state.values`. */
  values() {
    const values = {};
    for (const control of this.controls.values()) {
      values[control.blockId] ??= {};
      values[control.blockId][control.actionId] = control.value();
    }
    return values;
  }

  /**
   * Tells the app of a pressed button or a choice, after the element's own question if it has one. `node` shows that it is under way.
   * False: the person said no, or it failed, which they have read.
   */
  async act(blockId, element, choice, node) {
    if (element.confirm && !(await confirmed(element.confirm))) return false;
    node?.setAttribute("aria-busy", "true");
    try {
      const answer = await post("action", {
        user: this.user,
        container: this.container,
        block_id: blockId,
        action_id: element.action_id,
        type: element.type,
        ...choice,
        state: this.values(),
      });
      if (!answer.ok) toast(answer.error ?? "The app didn't understand that.");
      return answer.ok;
    } catch (error) {
      toast(error.message);
      return false;
    } finally {
      node?.removeAttribute("aria-busy");
    }
  }

  /** Asks the app for options; raises what a person may read. */
  async suggest(blockId, actionId, term, signal) {
    const answer = await post(
      "suggest",
      { user: this.user, container: this.container, block_id: blockId, action_id: actionId, value: term },
      signal,
    );
    if (answer.ok === false) throw new Error(answer.error ?? "The options couldn't be loaded.");
    return answer;
  }
}
