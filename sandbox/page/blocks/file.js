// file_input: files that go with a form.

import { h, icon } from "../dom.js";
import { Tray } from "../upload.js";

const MOST = 10;
const LARGEST = 10 * 1024 * 1024; // Slack's limit of this element

function problemOf(endings) {
  return ({ name, size }) => {
    if (size > LARGEST) return `${name} is larger than 10 MB.`;
    const ending = /[^.]\.([^.]+)$/u.exec(name)?.[1].toLowerCase() ?? "";
    const taken = !endings || endings.includes(ending) || (ending === "jpeg" && endings.includes("jpg"));
    return taken ? null : `${name} isn't of a type that is taken here: ${endings.join(", ")}.`;
  };
}

/** The field for a `file_input` element. */
export function fileField({ type, filetypes, max_files: most = MOST }, { surface, labelledBy }) {
  let tray = new Tray({ most, accept: filetypes?.map((ending) => `.${ending}`).join(","), problemOf: problemOf(filetypes) });
  tray.begin(surface.user);
  const button = h("button", { class: "button", type: "button", onclick: () => tray.choose() }, icon("clip"), most === 1 ? "Add a file" : "Add files");
  tray.opener = button;
  const node = h("div", { class: "file-field", role: "group", "aria-labelledby": labelledBy }, button, tray.node);
  return {
    type,
    node,
    target: button,
    describes: node,
    value: () => ({ type, files: tray.files }),
    restore: ({ files = [] }) => tray.begin(surface.user, files.map((file) => ({ name: file.name, size: file.size, file }))),
    problem: () => (tray.isBusy ? "Please wait until your files are uploaded." : null),
    /** Goes on with what another field has, uploads under way too. */
    adopt: (other) => {
      const before = tray;
      tray = other.give();
      tray.opener = button;
      before.node.replaceWith(tray.node);
    },
    give: () => tray,
  };
}
