// What stands around a conversation: the window's title, the bar, the tabs, the sidebar.

import { choosablePeople, person } from "./directory.js";
import { closeDrawer } from "./drawer.js";
import { currentChannel, hasHome, titleOf } from "./place.js";
import { drawSidebar } from "./sidebar.js";

const at = (id) => document.getElementById(id);

/** Draws it for where the page is. `goTo(channel)` and `be(user)` are called as the person chooses. */
export function drawAround(page, { goTo, be }) {
  const { team, app, me, channels } = page.state;
  const channel = currentChannel(page);
  const elsewhere = channels.reduce((sum, each) => sum + (each.unread || 0), 0);
  document.title = `${elsewhere ? `(${elsewhere}) ` : ""}${titleOf(channel)} · ${team.name}`;
  at("channel-name").textContent = titleOf(channel);
  at("channel-note").textContent = channel.topic ?? "";
  drawTabs(page.tab, hasHome(page, channel));
  const closing = (choose) => (id) => {
    closeDrawer();
    choose(id);
  };
  drawSidebar(at("sidebar"), {
    team,
    me: person(me),
    appUser: app.bot_user_id,
    people: choosablePeople,
    channels,
    current: page.channel,
    onchoose: closing(goTo),
    onswitch: closing(be),
  });
}

function drawTabs(shown, areThere) {
  at("tabs").hidden = !areThere;
  at("home").hidden = shown !== "home";
  at("talk").hidden = shown === "home";
  for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", "messages-tab"]]) {
    if (areThere) at("talk").setAttribute(name, value);
    else at("talk").removeAttribute(name);
  }
  for (const name of ["home", "messages"]) at(`${name}-tab`).setAttribute("aria-selected", String(shown === name));
}
