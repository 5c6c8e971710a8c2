// Who and what there is in the workspace: names for ids, and who is looking.

import { keepZone } from "./times.js";

const people = new Map();
const channels = new Map();
let mine = null;
let app = null;
let domains = [];

/** Takes over what the workspace knows. */
export function remember(state) {
  people.clear();
  channels.clear();
  for (const person of state.people) people.set(person.id, person);
  app = { id: state.app.bot_user_id, name: state.app.name, real_name: state.app.name, is_bot: true };
  people.set(app.id, app);
  domains = state.app.unfurl_domains;
  for (const channel of state.channels) channels.set(channel.id, channel);
  mine = state.me;
  keepZone(people.get(mine).tz);
}

/** The person with this id, or undefined. */
export function person(id) {
  return people.get(id);
}

/** The name that others see. */
export function nameOf(id) {
  const found = people.get(id);
  return found ? found.display_name || found.real_name || found.name : undefined;
}

/** The channel with this id, or undefined. */
export function channel(id) {
  return channels.get(id);
}

/** The app as others see it. */
export function theApp() {
  return app;
}

/** The domains whose links the app is told of. */
export function appDomains() {
  return domains;
}

/** Everybody who can be chosen: neither bots nor deleted people. */
export function choosablePeople() {
  return [...people.values()].filter((each) => !each.is_bot && !each.deleted);
}

/** The workspace's channels, without direct messages. */
export function choosableChannels() {
  return [...channels.values()].filter((each) => each.kind !== "im");
}

/** Whether this is the person who looks at the page. */
export function isMe(id) {
  return id === mine;
}
