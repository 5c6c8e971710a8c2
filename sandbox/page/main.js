// The page: reads what there is, shows it, and goes on with what happens.

import { get, listen, post } from "./api.js";
import { Composer } from "./composer.js";
import { choosablePeople, isMe, person, remember } from "./directory.js";
import { h, icon } from "./dom.js";
import { isNewTo, MessageList, spokenWords } from "./messages.js";
import { Modals } from "./modal.js";
import { markRead, readTo } from "./read.js";
import { drawSidebar } from "./sidebar.js";
import { toast } from "./toast.js";

const REMEMBERED = "sandbox.person";
const HIDDEN_MS = 10_000;

const at = (id) => document.getElementById(id);
const messages = new MessageList(at("messages"));
const composer = new Composer(at("composer"));
const modals = new Modals();

const page = { user: null, channel: null, state: null, stream: null };

/** The address says who looks at what: two windows can be two people, and a reload changes nothing. */
function readAddress() {
  const parameters = new URLSearchParams(location.search);
  return { user: parameters.get("user") ?? localStorage.getItem(REMEMBERED), channel: parameters.get("channel") };
}

function writeAddress() {
  localStorage.setItem(REMEMBERED, page.user);
  history.replaceState(null, "", `?${new URLSearchParams({ user: page.user, channel: page.channel })}`);
}

function currentChannel() {
  return page.state.channels.find((channel) => channel.id === page.channel);
}

function titleOf({ kind, name }) {
  return kind === "im" ? name : `#${name}`;
}

/** Begins to write, except where that would bring up a phone's keyboard. */
function focusComposer() {
  if (!matchMedia("(hover: none)").matches) composer.focus();
}

function drawFrame() {
  const { team, app, me, channels } = page.state;
  const channel = currentChannel();
  const elsewhere = channels.reduce((sum, each) => sum + (each.unread || 0), 0);
  document.title = `${elsewhere ? `(${elsewhere}) ` : ""}${titleOf(channel)} · ${team.name}`;
  at("channel-name").textContent = titleOf(channel);
  at("channel-note").textContent = channel.topic ?? "";
  drawSidebar(at("sidebar"), {
    team,
    me: person(me),
    appUser: app.bot_user_id,
    people: choosablePeople,
    channels,
    current: page.channel,
    onchoose: (id) => {
      closeDrawer();
      showChannel(id);
      focusComposer();
    },
    onswitch: (id) => {
      closeDrawer();
      bePerson(id);
    },
  });
}

function welcomeTo(channel) {
  const title = h("h2", {}, titleOf(channel));
  if (channel.kind !== "im") return [title, h("p", {}, `This is the beginning of the ${titleOf(channel)} channel.`)];
  const commands = page.state.commands.map(({ command, description }) => h("li", {}, h("b", {}, command), ` ${description}`));
  return [title, h("p", {}, `Only you and ${channel.name} see this conversation. What you can type:`), h("ul", {}, ...commands)];
}

/** Reads the shown conversation anew. What is asked for another one meanwhile wins. */
async function readMessages() {
  const { user, channel } = page;
  try {
    const answer = await get("messages", { user, channel });
    if (user !== page.user || channel !== page.channel) return;
    messages.replace(answer.messages, readTo(user, channel));
    markRead(user, channel, answer.messages.at(-1)?.ts);
    currentChannel().unread = 0;
    drawFrame();
  } catch (error) {
    toast(error.message);
  }
}

/** Counts what the person hasn't read in a conversation that isn't shown. */
async function countUnread(channel) {
  const { user } = page;
  const seen = readTo(user, channel.id);
  if (!channel.latest || channel.latest <= (seen ?? "")) return;
  const answer = await get("messages", { user, channel: channel.id });
  if (channel.id === page.channel) return;
  channel.unread = answer.messages.filter((message) => isNewTo(message, seen)).length;
}

function showChannel(id) {
  page.channel = id;
  writeAddress();
  const channel = currentChannel();
  messages.begin(page.user, id, welcomeTo(channel));
  composer.begin(page.user, id, `Message ${titleOf(channel)}`, page.state.commands);
  drawFrame();
  readMessages();
  // the app may want to know that somebody looks at its conversation
  if (channel.kind === "im") post("open", { user: page.user, channel: id }).catch((error) => toast(error.message));
}

/** Takes over the workspace's state, after each (re)connection. */
async function readState() {
  const { user } = page;
  const state = await get("state", { user });
  if (user !== page.user) return;
  page.state = state;
  remember(state);
  const known = currentChannel() ?? state.channels[0];
  if (known.id === messages.channel && user === messages.user) {
    drawFrame();
    await readMessages();
  } else {
    showChannel(known.id);
    focusComposer();
  }
  modals.replace(user, state.views);
  if (page.isFirstVisit) offerPeople();
  page.isFirstVisit = false;
  await Promise.all(state.channels.filter((channel) => channel.id !== page.channel).map(countUnread));
  if (state === page.state) drawFrame();
}

/** Has a new message read aloud. */
function announce(message) {
  const place = at("announcer");
  place.append(h("p", {}, spokenWords(message)));
  while (place.childElementCount > 5) place.firstChild.remove();
}

function happened(event) {
  if (event.type === "message" || event.type === "message_changed") {
    const { channel, message } = event;
    if (channel === page.channel) {
      messages.put(message);
      if (!document.hidden) markRead(page.user, channel, message.ts);
      if (event.type === "message" && !isMe(message.user)) announce(message);
    } else if (event.type === "message" && page.state) {
      const other = page.state.channels.find((each) => each.id === channel);
      if (other && !isMe(message.user)) other.unread = (other.unread || 0) + 1;
      drawFrame();
    }
  } else if (event.type === "message_deleted" && event.channel === page.channel) {
    messages.remove(event.message.ts);
  } else if (event.type === "view_opened") {
    modals.opened(event.view);
  } else if (event.type === "view_updated") {
    modals.updated(event.view);
  } else if (event.type === "view_closed") {
    modals.closed(event.view.id);
  } else if (event.type === "toast") {
    toast(event.text);
  }
}

/** Listens to what happens to the person, from now on. */
function connect() {
  const connection = at("connection");
  page.stream?.close();
  page.stream = listen(page.user, {
    onopen: () => {
      connection.hidden = true;
      readState().catch((error) => toast(error.message));
    },
    onevent: happened,
    onlost: () => {
      connection.textContent = "The connection to the workspace is lost. Trying again…";
      connection.hidden = false;
    },
  });
}

/** Becomes a person: their conversations, their forms, what happens to them. */
function bePerson(user) {
  page.user = user;
  modals.replace(user, []);
  connect();
}

// A browser has six connections to an address, and each open page keeps one: a page that nobody sees gives its own back.
let leaving;
document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden) {
    leaving = setTimeout(() => {
      page.stream.close();
      page.stream = null;
    }, HIDDEN_MS);
  } else if (page.stream === null) {
    connect();
  } else if (page.state) {
    readMessages();
  }
});

/** Lets whoever comes for the first time choose who to be. */
function offerPeople() {
  if (getComputedStyle(at("drawer-button")).display !== "none") openDrawer();
  at("person").click();
}

function openDrawer() {
  document.body.classList.add("drawer-open");
  at("shade").hidden = false;
  at("drawer-button").setAttribute("aria-expanded", "true");
  at("sidebar").querySelector("button")?.focus();
}

function closeDrawer() {
  if (!document.body.classList.contains("drawer-open")) return;
  document.body.classList.remove("drawer-open");
  at("shade").hidden = true;
  at("drawer-button").setAttribute("aria-expanded", "false");
  at("drawer-button").focus();
}

at("drawer-button").append(icon("menu"));
at("drawer-button").addEventListener("click", openDrawer);
at("shade").addEventListener("click", closeDrawer);
at("sidebar").addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeDrawer();
});

const asked = readAddress();
page.channel = asked.channel;
page.isFirstVisit = asked.user === null;
const { people, me } = await get("state", {});
bePerson(people.some((each) => each.id === asked.user && !each.deleted) ? asked.user : me);
