// Files that are shared: pictures small, everything else as a card with its name, type and size.

import { h, icon } from "./dom.js";

/** "12 kB" */
export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  const [size, unit] = bytes < 999_500 ? [bytes / 1000, "kB"] : [bytes / 1e6, "MB"];
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** Where this person's page gets a file. */
export function addressOf(id, user, more = {}) {
  return `/-/files/${encodeURIComponent(id)}?${new URLSearchParams({ user, ...more })}`;
}

/** Where a block's picture is: `image_url`, or a file of the workspace by its id or one of its own addresses. */
export function pictureAddress({ image_url: address, slack_file: file }, user) {
  if (!file) return address;
  return addressOf(file.id ?? /[-/](F[A-Z0-9]+)\//u.exec(file.url)?.[1] ?? "", user);
}

function isPicture({ mimetype }) {
  return ["image/png", "image/jpeg", "image/gif"].includes(mimetype);
}

function picture(file, user) {
  const words = file.alt_txt || file.title || file.name;
  const { thumb_360_w: width = null, thumb_360_h: height = null } = file;
  return h(
    "figure",
    { class: "file file-picture" },
    h("figcaption", {}, file.title || file.name, " ", download(file, user)),
    h(
      "a",
      { href: addressOf(file.id, user), target: "_blank", rel: "noopener noreferrer", "aria-label": `Open ${words}` },
      h("img", { src: addressOf(file.id, user), alt: words, width, height, loading: "lazy" }),
    ),
  );
}

function download(file, user) {
  const name = `Download ${file.name}`;
  return h(
    "a",
    { class: "icon-button", href: addressOf(file.id, user, { download: 1 }), download: file.name, "aria-label": name, title: name },
    icon("download"),
  );
}

function card(file, user) {
  const kind = file.pretty_type || "File";
  return h(
    "div",
    { class: "file file-card" },
    icon("file"),
    h("div", { class: "file-words" }, h("b", {}, file.title || file.name), h("span", { class: "muted" }, `${kind}, ${sizeOf(file.size)}`)),
    download(file, user),
  );
}

/** The files of a message, for one person. */
export function fileList(files, user) {
  return h(
    "ul",
    { class: "files", "aria-label": "Files" },
    ...files.map((file) => {
      if (file.mode === "tombstone") return h("li", {}, h("p", { class: "gone" }, "This file was deleted."));
      return h("li", {}, isPicture(file) ? picture(file, user) : card(file, user));
    }),
  );
}
