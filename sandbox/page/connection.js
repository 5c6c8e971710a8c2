// The page's line to the workspace: one person's news, for as long as somebody looks at the page.

import { listen } from "./api.js";

const HIDDEN_MS = 10_000;

/** `onopen()` is called at each (re)connection, `onevent(event)` at each piece of news, `onback()` when its reader comes back soon. */
export class Connection {
  constructor(notice, { onopen, onevent, onback }) {
    Object.assign(this, { notice, onopen, onevent, onback, stream: null });
    // A browser has six connections to an address, and each open page keeps one: a page that nobody sees gives its own back.
    document.addEventListener("visibilitychange", () => this.#looked());
  }

  /** Listens to what happens to a person, from now on. */
  open(user) {
    this.user = user;
    this.stream?.close();
    this.stream = listen(user, {
      onopen: () => {
        this.notice.hidden = true;
        this.onopen();
      },
      onevent: this.onevent,
      onlost: () => {
        this.notice.textContent = "The connection to the workspace is lost. Trying again…";
        this.notice.hidden = false;
      },
    });
  }

  #looked() {
    clearTimeout(this.leaving);
    if (document.hidden) {
      this.leaving = setTimeout(() => {
        this.stream?.close();
        this.stream = null;
      }, HIDDEN_MS);
    } else if (this.stream === null) {
      if (this.user) this.open(this.user);
    } else {
      this.onback();
    }
  }
}
