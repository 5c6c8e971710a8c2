// The guided first visit: one step at a time, which notices by itself that it was done. How far one has come is kept in this browser.

import { get } from "./api.js";
import { channel as channelOf, nameOf } from "./directory.js";
import { h, icon } from "./dom.js";
import { toast } from "./toast.js";

const KEY = "sandbox.tour";
const KEPT = 200; // of what happened, for steps that are yet to come

/** Text with what was caught in the place of `{name}`; `write` says how. */
function filled(text, found, write = (value) => value) {
  return text.replace(/\{(\w+)\}/gu, (whole, name) => (name in found ? write(found[name]) : whole));
}

function escaped(value) {
  return value.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
}

/** Whether a step may be about it: something that the app has said, or has taken in. */
function isTelling({ type, row, message }) {
  if (type === "exchange") return row.ok && !row.replay && !row.running;
  return ["message", "message_changed"].includes(type) && Boolean(message.bot);
}

/** Words with what stands between backquotes as code. */
function withCode(words) {
  return words.split("`").map((part, at) => (at % 2 ? h("code", {}, part) : part));
}

/** The strip in `root`. `be(person, channel)` goes there, `write(text)` fills the message box; `button` begins anew. */
export class Tour {
  constructor(root, { button, announcer, be, write }) {
    Object.assign(this, { root, button, announcer, be, write, tour: null, past: [], tried: new Set(), looking: Promise.resolve() });
    button.append(icon("flag"));
    button.addEventListener("click", () => this.#begin());
  }

  #begin() {
    this.past = [];
    this.#go({ step: 0, found: {}, closed: false }, { focus: true });
  }

  /** Shows where the visit stands to a person in a conversation; `tour` is null where there is none. Tells whether it is shown. */
  show(tour, { user, channel }) {
    Object.assign(this, { user, channel });
    if (tour && this.tour?.title !== tour.title) {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      this.at = kept.title === tour.title && kept.step <= tour.steps.length ? kept : { step: 0, found: {}, closed: false };
    }
    this.tour = tour;
    this.#draw();
    return !this.root.hidden;
  }

  /** Takes in what happened: it may be what this step is about, or a later one, done before its turn. */
  happened(event) {
    if (!this.tour || this.at.closed || !isTelling(event)) return;
    this.past = [...this.past, event].slice(-KEPT);
    this.#look();
  }

  /** Goes on as long as something that happened is what the step is about; one look after the other. */
  #look() {
    this.looking = this.looking.then(() => this.#tryAll()).catch((error) => toast(error.message));
  }

  async #tryAll() {
    for (;;) {
      const { step: at, closed } = this.at;
      const event = this.past.find((each) => !this.tried.has(each));
      if (closed || !event || at >= this.tour.steps.length) return;
      const match = await this.#match(this.tour.steps[at].done, event);
      if (at !== this.at.step) continue; // its person has skipped it meanwhile
      this.tried.add(event);
      if (!match) continue;
      this.past = this.past.filter((each) => each !== event);
      this.#go({ step: at + 1, found: { ...this.at.found, ...match.groups } }, { done: true });
    }
  }

  /** What of an event is what the step waits for; null if it is something else. */
  async #match({ message, delivery, answer = "" }, event) {
    const { found } = this.at;
    const fits = (pattern, text) => new RegExp(filled(pattern, found, escaped), "u").exec(text);
    if (delivery && event.type === "exchange") {
      const { kind, name, number } = event.row;
      if (!`${kind} ${name}`.startsWith(filled(delivery, found))) return null;
      return fits(answer, answer && JSON.stringify((await get(`admin/exchanges/${number}`, {})).answer));
    }
    return message && event.message ? fits(message, event.message.text) : null;
  }

  #go(changes, { done = false, focus = false } = {}) {
    this.at = { ...this.at, ...changes, title: this.tour.title };
    this.tried = new Set(); // what this step isn't about
    if (this.at.closed) this.past = [];
    else if (!done) this.#look();
    localStorage.setItem(KEY, JSON.stringify(this.at));
    this.#draw();
    const heading = this.root.querySelector("h2");
    if (focus) heading?.focus();
    else if (heading) this.announcer.append(h("p", {}, `${done ? "Done. " : ""}${heading.textContent}`));
  }

  #draw() {
    const { tour, user, channel } = this;
    this.button.hidden = !tour || !this.at.closed;
    this.root.hidden = !tour || this.at.closed;
    const drawn = JSON.stringify([tour?.title, this.at, user, channel]);
    if (this.root.hidden || drawn === this.drawn) return;
    this.drawn = drawn;
    const inside = this.root.contains(document.activeElement);
    const step = tour.steps[this.at.step];
    this.root.replaceChildren(...(step ? this.#step(step) : this.#end()));
    if (inside) this.root.querySelector("h2").focus();
  }

  #step({ title, words, person, channel, write }) {
    const { tour, at } = this;
    const there = person === this.user && channel === this.channel;
    const goal = person === this.user ? `Go to #${channelOf(channel)?.name ?? channel}` : `Be ${nameOf(person)}`;
    const fill = (text) => filled(text, at.found);
    return [
      h("p", { class: "tour-count" }, `${tour.title}: ${at.step + 1} of ${tour.steps.length}`),
      h("h2", { id: "tour-title", tabindex: -1 }, fill(title)),
      h("p", { class: "tour-words" }, ...withCode(fill(words))),
      h(
        "div",
        { class: "tour-buttons" },
        !there && this.#button(goal, () => this.be(person, channel), "primary"),
        there && write && this.#button("Write it for me", () => this.write(fill(write)), "primary"),
        this.#button("Skip this step", () => this.#go({ step: at.step + 1 })),
        this.#button("End the visit", () => this.#close()),
      ),
    ];
  }

  #end() {
    return [
      h("h2", { id: "tour-title", tabindex: -1 }, "That was it"),
      h("p", { class: "tour-words" }, ...withCode(filled(this.tour.end, this.at.found))),
      h("div", { class: "tour-buttons" }, this.#button("Close", () => this.#close(), "primary")),
    ];
  }

  #close() {
    this.#go({ closed: true });
    this.button.focus();
  }

  #button(label, onclick, style = "") {
    return h("button", { class: `button ${style}`, type: "button", onclick }, label);
  }
}
