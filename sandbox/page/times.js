// Times as people read them, in the reader's own zone. The page is in English; whether hours go to 12 or 24 is the reader's choice.

const { hour12 } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();

function formatter(options) {
  return new Intl.DateTimeFormat("en-US", options);
}

const clock = formatter({ hour: "numeric", minute: "2-digit", hour12 });
const clockSeconds = formatter({ hour: "numeric", minute: "2-digit", second: "2-digit", hour12 });
const month = formatter({ month: "long" });
const monthShort = formatter({ month: "short" });
const weekday = formatter({ weekday: "long" });

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

/** A key that is equal for moments of one local day. */
export function dayKey(moment) {
  return `${moment.getFullYear()}-${moment.getMonth() + 1}-${moment.getDate()}`;
}

/** "today", "yesterday", "tomorrow" or undefined. */
function nearDay(moment, now) {
  const midnight = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(moment) - midnight(now)) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

function capitalised(text) {
  return text && text[0].toUpperCase() + text.slice(1);
}

function ordinal(day) {
  const suffix = day % 100 >= 11 && day % 100 <= 13 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th");
  return `${day}${suffix}`;
}

/** "Today", "Yesterday" or "Friday, November 20th", with the year if it isn't this one. */
export function dayName(moment, now = new Date()) {
  const near = nearDay(moment, now);
  if (near === "today" || near === "yesterday") return capitalised(near);
  const year = moment.getFullYear() === now.getFullYear() ? "" : `, ${moment.getFullYear()}`;
  return `${weekday.format(moment)}, ${month.format(moment)} ${ordinal(moment.getDate())}${year}`;
}

/** "Sunday, November 22nd, 2026 at 2:05:09 PM" */
export function fullTime(moment) {
  return `${longDate(moment)} at ${clockSeconds.format(moment)}`;
}

function longDate(moment) {
  return `${weekday.format(moment)}, ${month.format(moment)} ${ordinal(moment.getDate())}, ${moment.getFullYear()}`;
}

function ago(moment, now) {
  const seconds = Math.round((moment - now) / 1000);
  const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
  for (const [unit, size] of [["day", 86_400], ["hour", 3_600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(seconds, "second");
}

const two = (number) => String(number).padStart(2, "0");

const TOKENS = {
  date_num: (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
  date: (at) => `${month.format(at)} ${ordinal(at.getDate())}, ${at.getFullYear()}`,
  date_short: (at) => `${monthShort.format(at)} ${at.getDate()}, ${at.getFullYear()}`,
  date_long: longDate,
  date_long_full: (at) => `${month.format(at)} ${at.getDate()}, ${at.getFullYear()}`,
  date_slash: (at) => `${two(at.getMonth() + 1)}/${two(at.getDate())}/${at.getFullYear()}`,
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
