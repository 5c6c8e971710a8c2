// Files on their way: chosen, uploaded with their progress shown, taken back again. A message box has such a tray, a file field too.

import { post, upload } from "./api.js";
import { h, icon } from "./dom.js";
import { sizeOf } from "./files.js";

/** The list of files that go with something. `most` of them; `problemOf(file)` says in words why one isn't taken; `onchange()` hears of changes. */
export class Tray {
  constructor({ most, accept, problemOf = () => null, onchange = () => {} }) {
    Object.assign(this, { most, problemOf, onchange, entries: [] });
    this.input = h("input", { type: "file", multiple: most > 1, accept, hidden: true, onchange: () => this.#chosen() });
    this.list = h("ul", { class: "tray", "aria-label": "Files", hidden: true });
    this.said = h("p", { class: "hidden-text", role: "status" });
    this.problem = h("p", { class: "tray-problem", role: "alert" });
    this.node = h("div", { class: "tray-box" }, this.input, this.list, this.problem, this.said);
  }

  /** Whose files they are; what is put into another tray stays there. */
  begin(user, entries = []) {
    Object.assign(this, { user, entries });
    this.said.textContent = "";
    this.problem.textContent = "";
    this.#draw();
  }

  /** Lets the person choose files. */
  choose() {
    this.input.click();
  }

  /** What has arrived at the workspace. */
  get files() {
    return this.entries.filter(({ file }) => file).map(({ file }) => file);
  }

  /** Whether one is still on its way. */
  get isBusy() {
    return this.entries.some(({ file }) => !file);
  }

  #chosen() {
    const chosen = [...this.input.files];
    this.input.value = "";
    const problems = [];
    for (const each of chosen) {
      const problem = this.entries.length >= this.most ? `Up to ${this.most} ${this.most === 1 ? "file is" : "files are"} taken.` : this.problemOf(each);
      if (problem) problems.push(problem);
      else this.#send(each);
    }
    this.problem.textContent = [...new Set(problems)].join(" ");
  }

  async #send(chosen) {
    const entry = { name: chosen.name, size: chosen.size, done: 0, file: null, stop: new AbortController() };
    this.entries = [...this.entries, entry];
    this.#draw();
    try {
      const told = (done) => {
        entry.done = done;
        if (entry.bar) entry.bar.value = done;
      };
      entry.file = await upload(this.user, chosen, told, entry.stop.signal);
      this.said.textContent = `${entry.name} is uploaded.`;
    } catch (error) {
      this.entries = this.entries.filter((each) => each !== entry);
      if (error.name !== "AbortError") this.problem.textContent = `${entry.name}: ${error.message}`;
    }
    this.#draw();
  }

  #remove(entry) {
    entry.stop?.abort();
    if (entry.file) post("files/discard", { user: this.user, file: entry.file.id }).catch(() => {}); // it goes with the workspace, then
    this.entries = this.entries.filter((each) => each !== entry);
    this.said.textContent = `${entry.name} is taken out.`;
    this.#draw();
    (this.list.querySelector("button") ?? this.opener)?.focus();
  }

  #draw() {
    this.list.hidden = this.entries.length === 0;
    this.list.replaceChildren(...this.entries.map((entry) => this.#entry(entry)));
    this.onchange();
  }

  #entry(entry) {
    entry.bar = entry.file ? null : h("progress", { max: 1, value: entry.done, "aria-label": `Uploading ${entry.name}` });
    return h(
      "li",
      { class: "tray-entry" },
      icon("file"),
      h("span", { class: "tray-name" }, entry.name),
      entry.bar ?? h("span", { class: "muted" }, sizeOf(entry.size)),
      h(
        "button",
        { class: "icon-button", type: "button", "aria-label": `Remove ${entry.name}`, onclick: () => this.#remove(entry) },
        icon("close"),
      ),
    );
  }
}
