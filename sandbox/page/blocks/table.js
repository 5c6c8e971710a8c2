// table: rows of cells, the first row the headings.

import { h } from "../dom.js";
import { withEmoji } from "../emoji.js";
import { richText } from "./richtext.js";

function cell(tag, content, settings = {}) {
  const aligned = ["center", "right"].includes(settings?.align) ? settings.align : "left";
  return h(
    tag,
    { class: `align-${aligned}${settings?.is_wrapped ? " wrapped" : ""}`, scope: tag === "th" ? "col" : null },
    content.type === "rich_text" ? richText(content) : withEmoji(String(content.text ?? "")),
  );
}

/** A table that scrolls sideways where it is too wide. */
export function table(block) {
  const [headings, ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  const row = (cells, tag) => h("tr", {}, ...cells.map((content, at) => cell(tag, content, settings[at])));
  return h(
    "div",
    { class: "table", tabindex: 0, role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, row(headings, "th")), h("tbody", {}, ...rows.map((cells) => row(cells, "td")))),
  );
}
