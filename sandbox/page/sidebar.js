// The workspace's name, its conversations with what is unread in them, and who is looking.

import { avatar, h, icon } from "./dom.js";
import { menuButton } from "./popup.js";

function entry(channel, { current, appUser, onchoose }) {
  const unread = channel.unread > 0;
  return h(
    "li",
    {},
    h(
      "button",
      {
        class: `place${unread ? " unread" : ""}`,
        type: "button",
        "aria-current": channel.id === current ? "page" : null,
        onclick: () => onchoose(channel.id),
      },
      channel.kind === "im" ? avatar(appUser, channel.name) : icon(channel.kind === "private" ? "lock" : "hash"),
      h("span", { class: "place-name" }, channel.name),
      channel.kind === "im" && h("span", { class: "badge" }, "APP"),
      unread && h("span", { class: "count" }, String(channel.unread), h("span", { class: "hidden-text" }, " unread")),
    ),
  );
}

function conversations(title, channels, given) {
  return h(
    "section",
    { "aria-label": title },
    h("h2", {}, title),
    h("ul", {}, ...channels.map((channel) => entry(channel, given))),
  );
}

function switcher(me, { people, onswitch }) {
  const button = h(
    "button",
    { class: "person", type: "button", id: "person", "aria-label": `You are ${me.real_name}. Be somebody else` },
    avatar(me.id, me.real_name),
    h(
      "span",
      { class: "menu-words" },
      h("span", { class: "menu-label" }, me.real_name),
      h("span", { class: "menu-description" }, me.title || "Switch person"),
    ),
    icon("down"),
  );
  const items = () =>
    people().map((person) => ({
      leading: avatar(person.id, person.real_name),
      label: person.real_name,
      description: person.title,
      checked: person.id === me.id,
      choose: () => onswitch(person.id),
    }));
  return menuButton(button, items, "People");
}

/**
 * Draws the sidebar into `root`; what has the focus there keeps it. `given`: `{team, me, people(), channels, current, appUser,
 * onchoose(id), onswitch(id)}`.
 */
export function drawSidebar(root, given) {
  const { team, me, channels } = given;
  const direct = channels.filter((channel) => channel.kind === "im");
  const places = h(
    "div",
    { class: "places" },
    conversations("Channels", channels.filter((channel) => channel.kind !== "im"), given),
    direct.length > 0 && conversations("Direct messages", direct, given),
  );
  if (root.dataset.user === me.id) {
    const old = root.querySelector(".places");
    const focused = [...old.querySelectorAll("button")].indexOf(document.activeElement);
    old.replaceWith(places);
    places.querySelectorAll("button")[focused]?.focus();
    return;
  }
  root.dataset.user = me.id;
  const mark = h("span", { class: "team-mark", "aria-hidden": true }, team.name[0]);
  root.replaceChildren(h("header", { class: "team" }, mark, h("span", { class: "team-name" }, team.name)), places, switcher(me, given));
}
