// Times as Slack shows them: in the zone of the person who looks, which needn't be the browser's. The page is in English; whether hours
// go to 12 or 24 is the reader's choice.

const { hour12 } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const QUARTER = 900_000; // no zone changes its offset between the quarters of an hour

let zone; // writes a moment's parts
const offsets = new Map(); // in milliseconds, by the quarter of an hour for which they hold

/** Has all times be those of a zone ("America/Los_Angeles") from now on. */
export function keepZone(name) {
  offsets.clear();
  const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23" };
  zone = new Intl.DateTimeFormat("en-US", { ...parts, timeZone: name, calendar: "gregory" });
}

keepZone(); // the browser's, until somebody looks

function offsetAt(time) {
  const quarter = Math.floor(time / QUARTER);
  if (!offsets.has(quarter)) {
    const at = Object.fromEntries(zone.formatToParts(quarter * QUARTER).map(({ type, value }) => [type, Number(value)]));
    offsets.set(quarter, Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute) - quarter * QUARTER);
  }
  return offsets.get(quarter);
}

/** What clock and calendar say in the zone at a moment, as a date whose UTC parts say it. */
function wall(moment) {
  return new Date(moment.getTime() + offsetAt(moment.getTime()));
}

/** What a picker of date and time holds, "2026-11-22T09:30", at a moment in seconds. */
export function pickedFrom(seconds) {
  return wall(new Date(seconds * 1000)).toISOString().slice(0, 16);
}

/** The moment in seconds that a picker of date and time means: of an hour that comes twice the first. Null if it is none. */
export function momentPicked(text) {
  const said = Date.parse(`${text}Z`);
  if (Number.isNaN(said)) return null;
  const [first, second] = [-86_400_000, 86_400_000].map((day) => said - offsetAt(said + day));
  const isSecond = wall(new Date(first)).getTime() !== said && wall(new Date(second)).getTime() === said;
  return Math.floor((isSecond ? second : first) / 1000);
}

function formatter(options) {
  const formats = new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  return { format: (moment) => formats.format(wall(moment)) };
}

const clock = formatter({ hour: "numeric", minute: "2-digit", hour12 });
const clockSeconds = formatter({ hour: "numeric", minute: "2-digit", second: "2-digit", hour12 });
const month = formatter({ month: "long" });
const monthShort = formatter({ month: "short" });
const weekday = formatter({ weekday: "long" });
const slashed = formatter({ month: "2-digit", day: "2-digit", year: "numeric" });

/** The moment of a message's `ts` ("seconds.counter"). */
export function momentOf(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** "2:05 PM" */
export function timeOf(moment) {
  return clock.format(moment);
}

/** "2:05:09 PM" */
export function exactTimeOf(moment) {
  return clockSeconds.format(moment);
}

/** "2:05", where there is no room for more */
export function shortTimeOf(moment) {
  return timeOf(moment).replace(/\s[AP]M$/u, "");
}

/** A key that is equal for moments of one day. */
export function dayKey(moment) {
  return wall(moment).toISOString().slice(0, 10);
}

function yearOf(moment) {
  return wall(moment).getUTCFullYear();
}

/** "today", "yesterday", "tomorrow" or undefined. */
function nearDay(moment, now) {
  const days = (Date.parse(dayKey(moment)) - Date.parse(dayKey(now))) / 86_400_000;
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

function capitalised(text) {
  return text && text[0].toUpperCase() + text.slice(1);
}

/** "21st" */
function ordinal(moment) {
  const day = wall(moment).getUTCDate();
  const suffix = day % 100 >= 11 && day % 100 <= 13 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th");
  return `${day}${suffix}`;
}

/** "Today", "Yesterday" or "Friday, November 20th", with the year if it isn't this one. */
export function dayName(moment, now = new Date()) {
  const near = nearDay(moment, now);
  if (near === "today" || near === "yesterday") return capitalised(near);
  const year = yearOf(moment) === yearOf(now) ? "" : `, ${yearOf(moment)}`;
  return `${weekday.format(moment)}, ${month.format(moment)} ${ordinal(moment)}${year}`;
}

/** "Sunday, November 22nd, 2026 at 2:05:09 PM" */
export function fullTime(moment) {
  return `${longDate(moment)} at ${clockSeconds.format(moment)}`;
}

function longDate(moment) {
  return `${weekday.format(moment)}, ${TOKENS.date(moment)}`;
}

function ago(moment, now) {
  const seconds = Math.round((moment - now) / 1000);
  const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(seconds, "second");
}

const TOKENS = {
  date_num: dayKey,
  date: (at) => `${month.format(at)} ${ordinal(at)}, ${yearOf(at)}`,
  date_short: (at) => `${monthShort.format(at)} ${wall(at).getUTCDate()}, ${yearOf(at)}`,
  date_long: longDate,
  date_long_full: (at) => `${month.format(at)} ${wall(at).getUTCDate()}, ${yearOf(at)}`,
  date_slash: (at) => slashed.format(at),
  date_pretty: (at, now) => nearDay(at, now) ?? TOKENS.date(at),
  date_short_pretty: (at, now) => nearDay(at, now) ?? TOKENS.date_short(at),
  date_long_pretty: (at, now) => nearDay(at, now) ?? TOKENS.date_long(at),
  day_divider_pretty: (at, now) => dayName(at, now),
  time: (at) => clock.format(at),
  time_secs: (at) => clockSeconds.format(at),
  ago: (at, now) => ago(at, now),
};

/** Fills the `{tokens}` of a Slack date format; undefined if one of them is unknown. A day's name that begins the text is capitalised. */
export function fillDate(format, moment, now = new Date()) {
  let known = true;
  const text = format.replace(/\{(\w+)\}/gu, (_, token) => {
    const fill = TOKENS[token];
    known &&= fill !== undefined;
    return fill ? fill(moment, now) : "";
  });
  return known ? (/^\{\w+_pretty\}/u.test(format) ? capitalised(text) : text) : undefined;
}
