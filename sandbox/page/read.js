// How far each person has read each conversation, kept in this browser.

const KEY = "sandbox.read";

function marks() {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}");
}

/** The `ts` of the last message that the person has seen there; undefined if they never looked. */
export function readTo(user, channel) {
  return marks()[`${user} ${channel}`];
}

/** Notes that the person has seen everything up to a message. */
export function markRead(user, channel, ts) {
  const all = marks();
  if (!ts || ts <= (all[`${user} ${channel}`] ?? "")) return;
  all[`${user} ${channel}`] = ts;
  localStorage.setItem(KEY, JSON.stringify(all));
}
