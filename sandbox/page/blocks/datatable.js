// data_table: a table that is sorted by a press on a heading, searched, and turned page by page.

import { h, icon, newId } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { richText } from "./richtext.js";

const PAGE_SIZE = 5; // Slack's, where the block names none

function content(cell) {
  return cell.type === "rich_text" ? richText(cell) : withEmoji(String(cell.text ?? ""));
}

function wordsIn(cell) {
  return h("span", {}, content(cell)).textContent;
}

function compared(a, b) {
  const both = a.type === "raw_number" && b.type === "raw_number";
  return both ? a.value - b.value : wordsIn(a).localeCompare(wordsIn(b), undefined, { numeric: true });
}

class DataTable {
  constructor({ caption, rows: [headings, ...rows], page_size: size = PAGE_SIZE, row_header_column_index: header = 0 }) {
    Object.assign(this, { headings, rows, size, header, page: 0, sorted: null, order: 1, wanted: "" });
    const captionId = newId("caption");
    this.body = h("tbody");
    this.sorters = headings.map((heading, at) =>
      h("th", { scope: "col" }, h("button", { type: "button", class: "sorter", onclick: () => this.#sort(at) }, content(heading), icon("down"))),
    );
    this.where = h("span", { role: "status" });
    this.back = h("button", { class: "button", type: "button", onclick: () => this.#turn(-1) }, "Previous");
    this.on = h("button", { class: "button", type: "button", onclick: () => this.#turn(1) }, "Next");
    this.search = h("input", { class: "field", type: "search", placeholder: "Filter", "aria-label": `Filter ${caption}`, oninput: () => this.#find() });
    this.node = h(
      "div",
      { class: "data-table" },
      this.search,
      h(
        "div",
        { class: "table", tabindex: 0, role: "region", "aria-labelledby": captionId },
        h("table", {}, h("caption", { id: captionId }, caption), h("thead", {}, h("tr", {}, ...this.sorters)), this.body),
      ),
      h("div", { class: "data-table-foot" }, this.where, this.back, this.on),
    );
    this.#draw();
  }

  #sort(at) {
    this.order = this.sorted === at ? -this.order : 1;
    this.sorted = at;
    this.page = 0;
    this.#draw();
  }

  #turn(by) {
    const button = by < 0 ? this.back : this.on;
    if (button.getAttribute("aria-disabled") === "true") return;
    this.page += by;
    this.#draw();
  }

  #find() {
    this.wanted = this.search.value.trim().toLowerCase();
    this.page = 0;
    this.#draw();
  }

  #draw() {
    const { sorted, order, size, page } = this;
    const found = this.rows.filter((row) => row.some((cell) => wordsIn(cell).toLowerCase().includes(this.wanted)));
    if (sorted !== null) found.sort((a, b) => order * compared(a[sorted], b[sorted]));
    const shown = found.slice(page * size, (page + 1) * size);
    this.sorters.forEach((each, at) => each.setAttribute("aria-sort", at !== sorted ? "none" : order > 0 ? "ascending" : "descending"));
    this.body.replaceChildren(...shown.map((row) => h("tr", {}, ...row.map((cell, at) => this.#cell(cell, at)))));
    this.where.textContent = found.length ? `${page * size + 1}–${page * size + shown.length} of ${found.length}` : "Nothing found";
    // not `disabled`: that would take the focus away
    this.back.setAttribute("aria-disabled", String(page === 0));
    this.on.setAttribute("aria-disabled", String((page + 1) * size >= found.length));
  }

  #cell(cell, at) {
    const side = cell.type === "raw_number" ? "align-right" : "align-left";
    return at === this.header ? h("th", { class: side, scope: "row" }, content(cell)) : h("td", { class: side }, content(cell));
  }
}

/** A table of data. */
export function dataTable(block) {
  return new DataTable(block).node;
}
