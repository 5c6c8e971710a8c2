// The page: reads what there is, shows it, and goes on with what happens.

import { get, listen } from "./api.js";
import { Composer } from "./composer.js";
import { choosablePeople, isMe, remember } from "./directory.js";
import { h, icon } from "./dom.js";
import { MessageList, spokenWords } from "./messages.js";
import { Modals } from "./modal.js";
import { drawSidebar } from "./sidebar.js";
import { toast } from "./toast.js";

const REMEMBERED = "sandbox.person";

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

function drawFrame() {
  const { team, me, channels } = page.state;
  const channel = currentChannel();
  const elsewhere = channels.reduce((sum, each) => sum + (each.unread || 0), 0);
  document.title = `${elsewhere ? `(${elsewhere}) ` : ""}${titleOf(channel)} · ${team.name}`;
  at("channel-name").textContent = titleOf(channel);
  at("channel-note").textContent = channel.topic ?? "";
  drawSidebar(at("sidebar"), {
    team,
    me,
    people: choosablePeople(),
    channels,
    current: page.channel,
    onchoose: (id) => {
      closeDrawer();
      showChannel(id);
      composer.focus();
    },
    onswitch: (id) => {
      closeDrawer();
      bePerson(id);
    },
  });
}

function welcomeTo(channel) {
  const words =
    channel.kind === "im"
      ? `This conversation is between you and ${channel.name}.`
      : `This is the beginning of the ${titleOf(channel)} channel.`;
  return [h("h2", {}, titleOf(channel)), h("p", {}, words)];
}

/** Reads the shown conversation anew. What is asked for another one meanwhile wins. */
async function readMessages() {
  const { user, channel } = page;
  const { unread } = currentChannel();
  try {
    const answer = await get("messages", { user, channel });
    if (user !== page.user || channel !== page.channel) return;
    messages.replace(answer.messages, unread);
    currentChannel().unread = 0;
    drawFrame();
  } catch (error) {
    toast(error.message);
  }
}

function showChannel(id) {
  page.channel = id;
  writeAddress();
  const channel = currentChannel();
  messages.begin(page.user, id, welcomeTo(channel));
  composer.begin(page.user, id, `Message ${titleOf(channel)}`, page.state.commands);
  drawFrame();
  readMessages();
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
    composer.focus();
  }
  modals.replace(user, state.views ?? []);
}

function happened(event) {
  if (event.type === "message" || event.type === "message_changed") {
    const { channel, message } = event;
    if (channel === page.channel) {
      messages.put(message);
      if (event.type === "message" && !isMe(message.user)) at("announcer").append(h("p", {}, spokenWords(message)));
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

/** Becomes a person: their conversations, their forms, what happens to them. */
function bePerson(user) {
  page.stream?.close();
  page.user = user;
  modals.replace(user, []);
  const connection = at("connection");
  page.stream = listen(user, {
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
const everybody = await get("state", asked.user ? { user: asked.user } : {});
const first = everybody.people.find((person) => !person.is_bot && !person.deleted);
const known = everybody.people.some((person) => person.id === asked.user);
bePerson(known ? asked.user : first.id);
