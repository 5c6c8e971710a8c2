// A thread beside its conversation: the first message, the replies, and a box to reply in.

import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { MessageList } from "./messages.js";

/** The panel in `root`. `menu(message)` gives what one can do with a message; `onclose()` is called when its person closes it. */
export class ThreadPanel {
  constructor(root, { menu, onclose }) {
    this.root = root;
    this.ts = null;
    this.where = h("p");
    const list = h("div", { class: "messages", id: "thread-messages", tabindex: 0, role: "region", "aria-labelledby": "thread-name" });
    const box = h("div", { class: "composer" });
    root.replaceChildren(
      h(
        "header",
        { class: "bar" },
        h("div", { class: "thread-title" }, h("h2", { id: "thread-name" }, "Thread"), this.where),
        h("button", { class: "icon-button", type: "button", "aria-label": "Close the thread", onclick: onclose }, icon("close")),
      ),
      list,
      box,
    );
    this.list = new MessageList(list, { menu });
    this.composer = new Composer(box, { name: "thread", broadcasts: true });
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) onclose();
    });
  }

  /** Shows the thread that begins at `ts`. `where`: the conversation's name; `closed`: why nobody may write here. */
  open({ user, channel, ts, where, closed }, messages) {
    if (!this.isOpen(user, channel, ts)) {
      Object.assign(this, { user, channel, ts });
      this.where.textContent = where;
      this.list.begin(user, channel, [], ts);
      this.composer.begin({ user, channel, thread: ts, label: "Reply…", where, closed });
      this.root.hidden = false;
    }
    this.list.replace(messages);
  }

  /** Whether this thread is shown. */
  isOpen(user, channel, ts) {
    return !this.root.hidden && this.user === user && this.channel === channel && this.ts === ts;
  }

  /** Goes away; the focus is up to the caller. */
  close() {
    this.root.hidden = true;
    this.ts = null;
  }
}
