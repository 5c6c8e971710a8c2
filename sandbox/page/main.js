// The page: reads what there is, shows it, and goes on with what happens.

import { get, post } from "./api.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { showDetails } from "./details.js";
import { isMe, remember } from "./directory.js";
import { h } from "./dom.js";
import { isDrawer, openDrawer, setUpDrawer } from "./drawer.js";
import { drawAround } from "./frame.js";
import { HomeTab } from "./home.js";
import { Inspector } from "./inspector.js";
import { spokenWords } from "./message.js";
import { isInConversation, MessageList } from "./messages.js";
import { Modals } from "./modal.js";
import { closedTo, currentChannel, hasHome, readAddress, titleOf, welcomeTo, writeAddress } from "./place.js";
import { markRead, readTo, unreadIn } from "./read.js";
import { shortcutButton, shortcutItems } from "./shortcuts.js";
import { ThreadPanel } from "./thread.js";
import { toast } from "./toast.js";
import { Tour } from "./tour.js";

const at = (id) => document.getElementById(id);
const page = { user: null, channel: null, tab: "messages", thread: null, state: null, meanwhile: null };

const menu = ({ ts }) => shortcutItems(page.state, "message", { user: page.user, channel: page.channel, ts });
const messages = new MessageList(at("messages"), { menu, onthread: (ts) => showThread(ts, { begin: true }) });
const composer = new Composer(at("composer"), { name: "composer" });
const thread = new ThreadPanel(at("thread"), { menu, onclose: leaveThread });
const home = new HomeTab(at("home"));
const modals = new Modals();
const inspector = new Inspector(at("inspector"), { button: at("inspector-button"), banner: at("trouble") });
const connection = new Connection(at("connection"), {
  onopen: () => readState().catch((error) => toast(error.message)),
  onevent: happened,
  onback: () => page.state && readMessages(),
});
const tour = new Tour(at("tour"), { button: at("tour-button"), announcer: at("announcer"), be: beAt, write: (text) => composer.write(text) });

/** Begins to write, except where that would bring up a phone's keyboard. */
function focusComposer(box = composer) {
  if (!matchMedia("(hover: none)").matches) box.focus();
}

/** Draws what stands around the conversation. */
function drawFrame() {
  drawAround(page, {
    goTo: (id) => {
      showChannel(id);
      focusComposer();
    },
    be: bePerson,
  });
  tour.show(page.state.tour, page);
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
  currentChannel(page).unread = 0;
}

/** Counts what the person hasn't read in a conversation that isn't shown. */
async function countUnread(channel) {
  const unread = await unreadIn(page.user, channel);
  if (!isShown(channel.id)) channel.unread = unread;
}

function isShown(channel) {
  return channel === page.channel && page.tab === "messages";
}

/** Shows a conversation. An app's begins with its Home tab, unless there is something to read. */
function showChannel(id, { tab, thread: ts } = {}) {
  page.channel = id;
  const channel = currentChannel(page);
  page.tab = hasHome(page, channel) ? (tab ?? (channel.unread ? "messages" : "home")) : "messages";
  page.thread = ts ?? null;
  thread.close();
  messages.begin(page.user, id, welcomeTo(page, channel));
  composer.begin({
    user: page.user,
    channel: id,
    label: `Message ${titleOf(channel)}`,
    commands: page.state.commands,
    tools: [shortcutButton(page.state, page.user)].filter(Boolean),
    closed: closedTo(page, channel),
  });
  writeAddress(page);
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
  writeAddress(page);
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
  writeAddress(page);
  const channel = currentChannel(page);
  thread.open({ user: page.user, channel: page.channel, ts, where: titleOf(channel), closed: closedTo(page, channel) }, messages.all());
  if (begin) focusComposer(thread.composer);
}

function closeThread() {
  page.thread = null;
  thread.close();
  writeAddress(page);
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
  const known = currentChannel(page) ?? state.channels[0];
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
  } else if (event.type === "details") {
    showDetails(event.pane);
  } else if (event.type === "draft") {
    for (const box of [composer, thread.composer]) box.showPreview(event);
  } else if (event.type === "toast") {
    toast(event.text);
  }
}

/** Becomes a person: their conversations, their forms, what happens to them. */
function bePerson(user) {
  page.user = user;
  modals.replace(user, []);
  connection.open(user);
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
