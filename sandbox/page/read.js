// How far each person has read each conversation, kept in this browser.

import { get } from "./api.js";
import { isNewTo } from "./messages.js";

const KEY = "sandbox.read";

function marks() {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}");
}

/** The `ts` of the last message that the person has seen there; undefined if they never looked. */
export function readTo(user, channel) {
  return marks()[`${user} ${channel}`];
}

/** How many messages of others the person hasn't read in a conversation. */
export async function unreadIn(user, { id, latest }) {
  const seen = readTo(user, id);
  if (!latest || latest <= (seen ?? "")) return 0;
  const { messages } = await get("messages", { user, channel: id });
  return messages.filter((message) => isNewTo(message, seen)).length;
}

/** Notes that the person has seen everything up to a message. */
export function markRead(user, channel, ts) {
  const all = marks();
  if (!ts || ts <= (all[`${user} ${channel}`] ?? "")) return;
  all[`${user} ${channel}`] = ts;
  localStorage.setItem(KEY, JSON.stringify(all));
}
