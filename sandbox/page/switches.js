// Trouble between the app and Slack that can be switched on, and the line that says so while it is.

import { post } from "./api.js";
import { h, icon } from "./dom.js";
import { toast } from "./toast.js";

const SWITCHES = [
  { label: "Slack is down", words: "each call of the app gets a 500.", trouble: { kind: "broken" } },
  { label: "Slack is slow", words: "each call of the app is carried out 5 s late.", trouble: { kind: "slow", seconds: 5 } },
  { label: "Slack limits the app", words: "each call gets a 429: come again in 30 s.", trouble: { kind: "limited", seconds: 30 } },
  { label: "Lose the next reply", words: "the next call is carried out, and the connection breaks.", trouble: { kind: "lost_reply", times: 1 } },
];
const RATES = { label: "Hold to rate limits", words: "as Slack does: calls a minute by tier, a message a second into a conversation." };

async function ask(name, body) {
  try {
    const answer = await post(`admin/${name}`, body);
    if (!answer.ok) toast(answer.error);
  } catch (error) {
    toast(error.message);
  }
}

/** The switch that a trouble belongs to; undefined for one that was made narrower from outside. */
function switchOf({ kind, method, channel }) {
  return method || channel ? undefined : SWITCHES.find(({ trouble }) => trouble.kind === kind);
}

function wordsOf(trouble) {
  const { label, words } = switchOf(trouble) ?? {};
  return label ? `${label}: ${words}` : `Some of the app's calls meet trouble: ${[trouble.kind, trouble.method, trouble.channel].filter(Boolean).join(", ")}.`;
}

/** The switches in `root`, and the line in `banner`. What is on comes from the workspace alone. */
export class Switches {
  constructor(root, banner) {
    this.banner = banner;
    this.troubles = [];
    this.rates = false;
    this.buttons = SWITCHES.map((one) => this.#button(one, () => this.#toggle(one)));
    this.ratesButton = this.#button(RATES, () => ask("rates", { enforced: !this.rates }));
    root.append(...this.buttons, this.ratesButton);
  }

  /** Shows what is on. */
  show({ troubles, rates }) {
    Object.assign(this, { troubles, rates });
    SWITCHES.forEach((one, at) => this.buttons[at].setAttribute("aria-checked", String(troubles.some((trouble) => switchOf(trouble) === one))));
    this.ratesButton.setAttribute("aria-checked", String(rates));
    this.banner.hidden = troubles.length === 0;
    const words = h("span", {}, troubles.map(wordsOf).join(" "));
    const end = h("button", { class: "button", type: "button", onclick: () => ask("troubles/end", {}) }, "End the trouble");
    this.banner.replaceChildren(...(troubles.length > 0 ? [icon("warning"), words, end] : []));
  }

  #button({ label, words }, onclick) {
    return h("button", { class: "switch", type: "button", role: "switch", "aria-checked": false, title: words, onclick }, label);
  }

  #toggle(one) {
    const on = this.troubles.find((trouble) => switchOf(trouble) === one);
    return on ? ask("troubles/end", { number: on.number }) : ask("troubles", one.trouble);
  }
}
