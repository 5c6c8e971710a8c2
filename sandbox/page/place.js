// Where a person is: the address that says so, what a conversation is called, and what one may do there. `page` is what main.js keeps.

import { h } from "./dom.js";

const REMEMBERED = "sandbox.person";

/** The address says who looks at what: two windows can be two people, and a reload changes nothing. */
export function readAddress() {
  const { user = localStorage.getItem(REMEMBERED), channel, tab, thread: ts } = Object.fromEntries(new URLSearchParams(location.search));
  return { user, channel, tab: tab ?? "messages", thread: ts ?? null };
}

/** Has the address say where the page is now. */
export function writeAddress({ user, channel, tab, thread: ts }) {
  localStorage.setItem(REMEMBERED, user);
  const parameters = { user, channel, ...(tab === "home" && { tab }), ...(ts && { thread: ts }) };
  history.replaceState(null, "", `?${new URLSearchParams(parameters)}`);
}

/** The conversation that is shown. */
export function currentChannel({ state, channel: id }) {
  return state.channels.find((channel) => channel.id === id);
}

/** What a conversation is called. */
export function titleOf({ kind, name }) {
  return kind === "im" ? name : `#${name}`;
}

/** Whether a conversation has a Home tab. */
export function hasHome({ state }, channel) {
  return channel.kind === "im" && state.app.home_tab_enabled;
}

/** Why nobody may write in a conversation; undefined where one may. */
export function closedTo({ state: { app } }, { kind }) {
  const open = kind !== "im" || (app.messages_tab_enabled && !app.messages_tab_read_only_enabled);
  return open ? undefined : "Sending messages to this app has been turned off.";
}

/** What stands at a conversation's beginning. */
export function welcomeTo({ state }, channel) {
  const title = h("h2", {}, titleOf(channel));
  if (channel.kind !== "im") return [title, h("p", {}, `This is the beginning of the ${titleOf(channel)} channel.`)];
  const commands = state.commands.map(({ command, description }) => h("li", {}, h("b", {}, command), ` ${description}`));
  return [title, h("p", {}, `Only you and ${channel.name} see this conversation. What you can type:`), h("ul", {}, ...commands)];
}
