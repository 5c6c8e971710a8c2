// The page: reads what there is, shows it, and goes on with what happens.

import { get, listen, post } from "./api.js";
import { Composer } from "./composer.js";
import { choosablePeople, isMe, person, remember } from "./directory.js";
import { h } from "./dom.js";
import { closeDrawer, isDrawer, openDrawer, setUpDrawer } from "./drawer.js";
import { HomeTab } from "./home.js";
import { Inspector } from "./inspector.js";
import { spokenWords } from "./message.js";
import { isInConversation, isNewTo, MessageList } from "./messages.js";
import { Modals } from "./modal.js";
import { markRead, readTo } from "./read.js";
import { shortcutButton, shortcutItems } from "./shortcuts.js";
import { drawSidebar } from "./sidebar.js";
import { ThreadPanel } from "./thread.js";
import { toast } from "./toast.js";
import { Tour } from "./tour.js";

const REMEMBERED = "sandbox.person";
const HIDDEN_MS = 10_000;

const at = (id) => document.getElementById(id);
const page = { user: null, channel: null, tab: "messages", thread: null, state: null, stream: null, meanwhile: null };

const menu = ({ ts }) => shortcutItems(page.state, "message", { user: page.user, channel: page.channel, ts });
const messages = new MessageList(at("messages"), { menu, onthread: (ts) => showThread(ts, { begin: true }) });
const composer = new Composer(at("composer"), { name: "composer" });
const thread = new ThreadPanel(at("thread"), { menu, onclose: leaveThread });
const home = new HomeTab(at("home"));
const modals = new Modals();
const inspector = new Inspector(at("inspector"), { button: at("inspector-button"), banner: at("trouble") });
const tour = new Tour(at("tour"), { button: at("tour-button"), announcer: at("announcer"), be: beAt, write: (text) => composer.write(text) });

/** The address says who looks at what: two windows can be two people, and a reload changes nothing. */
function readAddress() {
  const { user = localStorage.getItem(REMEMBERED), channel, tab, thread: ts } = Object.fromEntries(new URLSearchParams(location.search));
  return { user, channel, tab: tab ?? "messages", thread: ts ?? null };
}

function writeAddress() {
  localStorage.setItem(REMEMBERED, page.user);
  const { user, channel, tab, thread: ts } = page;
  const parameters = { user, channel, ...(tab === "home" && { tab }), ...(ts && { thread: ts }) };
  history.replaceState(null, "", `?${new URLSearchParams(parameters)}`);
}

function currentChannel() {
  return page.state.channels.find((channel) => channel.id === page.channel);
}

function titleOf({ kind, name }) {
  return kind === "im" ? name : `#${name}`;
}

function hasHome(channel) {
  return channel.kind === "im" && page.state.app.home_tab_enabled;
}

/** Why nobody may write in a conversation; undefined where one may. */
function closedTo({ kind }) {
  const { app } = page.state;
  const open = kind !== "im" || (app.messages_tab_enabled && !app.messages_tab_read_only_enabled);
  return open ? undefined : "Sending messages to this app has been turned off.";
}

/** Begins to write, except where that would bring up a phone's keyboard. */
function focusComposer(box = composer) {
  if (!matchMedia("(hover: none)").matches) box.focus();
}

function drawFrame() {
  const { team, app, me, channels } = page.state;
  const channel = currentChannel();
  const elsewhere = channels.reduce((sum, each) => sum + (each.unread || 0), 0);
  document.title = `${elsewhere ? `(${elsewhere}) ` : ""}${titleOf(channel)} · ${team.name}`;
  at("channel-name").textContent = titleOf(channel);
  at("channel-note").textContent = channel.topic ?? "";
  drawTabs(channel);
  tour.show(page.state.tour, page);
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

function drawTabs(channel) {
  const tabs = hasHome(channel);
  at("tabs").hidden = !tabs;
  at("home").hidden = page.tab !== "home";
  at("talk").hidden = page.tab === "home";
  for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", "messages-tab"]]) {
    if (tabs) at("talk").setAttribute(name, value);
    else at("talk").removeAttribute(name);
  }
  for (const name of ["home", "messages"]) at(`${name}-tab`).setAttribute("aria-selected", String(page.tab === name));
}

function welcomeTo(channel) {
  const title = h("h2", {}, titleOf(channel));
  if (channel.kind !== "im") return [title, h("p", {}, `This is the beginning of the ${titleOf(channel)} channel.`)];
  const commands = page.state.commands.map(({ command, description }) => h("li", {}, h("b", {}, command), ` ${description}`));
  return [title, h("p", {}, `Only you and ${channel.name} see this conversation. What you can type:`), h("ul", {}, ...commands)];
}

/** Reads the shown conversation anew. What is asked for another one meanwhile wins; what happens meanwhile is kept. */
async function readMessages() {
  const { user, channel } = page;
  const meanwhile = (page.meanwhile = []);
  try {
    const answer = await get("messages", { user, channel });
    if (user !== page.user || channel !== page.channel) return;
    messages.replace(answer.messages, readTo(user, channel));
    meanwhile.forEach(showChange);
    if (answer.messages.some(({ ts, thread_ts: of }) => [ts, of].includes(page.thread))) showThread(page.thread);
    else if (page.thread) closeThread();
    if (page.tab === "messages") noteAllRead();
    drawFrame();
  } catch (error) {
    toast(error.message);
  } finally {
    if (page.meanwhile === meanwhile) page.meanwhile = null;
  }
}

function noteAllRead() {
  markRead(page.user, page.channel, messages.latest());
  currentChannel().unread = 0;
}

/** Counts what the person hasn't read in a conversation that isn't shown. */
async function countUnread(channel) {
  const { user } = page;
  const seen = readTo(user, channel.id);
  if (!channel.latest || channel.latest <= (seen ?? "")) return;
  const answer = await get("messages", { user, channel: channel.id });
  if (isShown(channel.id)) return;
  channel.unread = answer.messages.filter((message) => isNewTo(message, seen)).length;
}

function isShown(channel) {
  return channel === page.channel && page.tab === "messages";
}

/** Shows a conversation. An app's begins with its Home tab, unless there is something to read. */
function showChannel(id, { tab, thread: ts } = {}) {
  page.channel = id;
  const channel = currentChannel();
  page.tab = hasHome(channel) ? (tab ?? (channel.unread ? "messages" : "home")) : "messages";
  page.thread = ts ?? null;
  thread.close();
  messages.begin(page.user, id, welcomeTo(channel));
  composer.begin({
    user: page.user,
    channel: id,
    label: `Message ${titleOf(channel)}`,
    commands: page.state.commands,
    tools: [shortcutButton(page.state, page.user)].filter(Boolean),
    closed: closedTo(channel),
  });
  writeAddress();
  drawFrame();
  readMessages();
  if (channel.kind === "im") lookAtApp();
}

/** Shows a tab of the app's conversation. */
function showTab(tab) {
  if (tab === page.tab) return;
  page.tab = tab;
  if (tab === "home") closeThread();
  else noteAllRead();
  writeAddress();
  drawFrame();
  lookAtApp();
}

/** Lets the app know that somebody looks at its conversation: it may want to bring its Home tab up to date. */
function lookAtApp() {
  const { user, tab, state } = page;
  home.show(user, state.app.home, state.app.name);
  post("open", { user, tab }).catch((error) => toast(error.message));
}

/** Shows a thread of the conversation; `begin`: the person wants to reply. */
function showThread(ts, { begin = false } = {}) {
  page.thread = ts;
  writeAddress();
  const channel = currentChannel();
  thread.open({ user: page.user, channel: page.channel, ts, where: titleOf(channel), closed: closedTo(channel) }, messages.all());
  if (begin) focusComposer(thread.composer);
}

function closeThread() {
  page.thread = null;
  thread.close();
  writeAddress();
}

/** Closes the thread as its person wishes, who is at its first message then. */
function leaveThread() {
  const { ts } = thread;
  closeThread();
  messages.focus(ts);
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
    home.show(user, state.app.home, state.app.name);
    drawFrame();
    await readMessages();
  } else {
    showChannel(known.id, known.id === page.channel ? { tab: page.tab, thread: page.thread } : {});
    focusComposer();
  }
  modals.replace(user, state.views);
  if (page.isFirstVisit && !state.tour) offerPeople();
  page.isFirstVisit = false;
  await inspector.read();
  await Promise.all(state.channels.filter((channel) => !isShown(channel.id)).map(countUnread));
  if (state === page.state) drawFrame();
}

/** Has a new message read aloud. */
function announce(message) {
  const place = at("announcer");
  place.append(h("p", {}, spokenWords(message)));
  while (place.childElementCount > 5) place.firstChild.remove();
}

/** Shows what became of a message of the shown conversation. */
function showChange({ type, message }) {
  if (type === "message_deleted") messages.remove(message.ts);
  else messages.put(message);
}

function messageHappened({ type, channel, message }) {
  const isNews = type === "message" && !isMe(message.user);
  if (channel === page.channel) {
    messages.put(message);
    if (page.thread) thread.list.put(message);
    if (isShown(channel) && !document.hidden) markRead(page.user, channel, message.ts);
    if (isNews) announce(message);
  }
  if (!isShown(channel) && isNews && isInConversation(message)) {
    const other = page.state.channels.find((each) => each.id === channel);
    if (other) other.unread = (other.unread || 0) + 1;
    drawFrame();
  }
}

function happened(event) {
  inspector.happened(event);
  tour.happened(event);
  if (!page.state) return; // it is about to be read
  if (event.message && event.channel === page.channel) page.meanwhile?.push(event);
  if (event.type === "message" || event.type === "message_changed") {
    messageHappened(event);
  } else if (event.type === "message_deleted" && event.channel === page.channel) {
    messages.remove(event.message.ts);
    if (page.thread) thread.list.remove(event.message.ts);
  } else if (event.type === "home_published") {
    page.state.app.home = event.view;
    home.show(page.user, event.view, page.state.app.name);
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

/** Goes to a conversation as a person. */
function beAt(user, channel) {
  if (user === page.user) {
    showChannel(channel);
    focusComposer();
  } else {
    Object.assign(page, { channel, tab: "messages", thread: null });
    bePerson(user);
  }
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
  if (isDrawer()) openDrawer();
  at("person").click();
}

setUpDrawer();
for (const name of ["home", "messages"]) at(`${name}-tab`).addEventListener("click", () => showTab(name));

const asked = readAddress();
page.channel = asked.channel;
page.tab = asked.tab;
page.thread = asked.thread;
page.isFirstVisit = !asked.user;
const { people, me } = await get("state", {});
bePerson(people.some((each) => each.id === asked.user && !each.deleted) ? asked.user : me);
