// video: a film's picture, which opens it where it is. Nothing of another site runs inside this page.

import { h, icon } from "../dom.js";
import { link, textObject, wordsOf } from "../mrkdwn.js";

/** A film with its title, where it comes from, and what it is about. */
export function video(block) {
  const { title, title_url: titleUrl, video_url: address, thumbnail_url: thumbnail, alt_text: words } = block;
  const from = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  const play = link(address, h("img", { src: thumbnail, alt: words }), h("span", { class: "video-play" }, icon("play")));
  play.classList.add("video-picture");
  play.setAttribute("aria-label", `Play ${wordsOf(title)}`);
  return h(
    "figure",
    { class: "video" },
    h("figcaption", {}, h("b", {}, titleUrl ? link(titleUrl, ...textObject(title)) : textObject(title)), from && h("small", { class: "muted" }, from)),
    block.description && h("p", { class: "text" }, ...textObject(block.description)),
    play,
  );
}
