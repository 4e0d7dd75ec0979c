// Puts the page together and keeps it in step with the sandbox.

import { api } from "./api.js";
import { listenForFiles } from "./attach.js";
import { Chat } from "./chat.js";
import { byId } from "./dom.js";
import { Feed } from "./feed.js";
import { takeVisit } from "./links.js";
import { attempt, banner, toast } from "./notices.js";
import { askAboutPerson } from "./persondialog.js";
import { Session } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { openTools } from "./tools.js";
import { Unread } from "./unread.js";

const phone = matchMedia("(max-width: 759px)");
const RETRY = 1500; // milliseconds between attempts to reach a sandbox that is not up yet

const unread = new Unread(() => sidebar.draw());
const session = new Session({
  onChange: () => {
    sidebar.draw();
    chat.describe();
  },
  onSwitch: () => attempt(() => chat.open()),
});
const chat = new Chat(session, {
  back: () => history.back(),
  person: () => changePerson(session.person),
  activity: (message) => isWatched() && unread.read(session.bot.id, session.person.id, message),
  link: visit,
});
const sidebar = new Sidebar(session, unread, {
  person: (id) => attempt(() => session.choosePerson(id)),
  addPerson,
  changePerson,
  bot: (id) => attempt(async () => {
    showChat();
    await session.chooseBot(id);
  }),
});
const feed = new Feed({ onEvent, onLost, onBack });

/** Whether the open chat is really before somebody's eyes. */
const isWatched = () => !document.hidden && (!phone.matches || document.body.dataset.view === "chat");

function showChat() {
  if (document.body.dataset.view === "chat") return;
  document.body.dataset.view = "chat";
  history.pushState({ view: "chat" }, "");
}

addEventListener("popstate", (event) => {
  document.body.dataset.view = event.state?.view ?? "list";
  readOpenChat();
});

document.addEventListener("visibilitychange", readOpenChat);

function readOpenChat() {
  const newest = chat.timeline.messages.at(-1);
  if (newest && isWatched()) unread.read(session.bot.id, session.person.id, newest);
}

async function addPerson() {
  const fields = await askAboutPerson(null);
  if (fields) await attempt(() => session.addPerson(fields));
}

async function changePerson(person) {
  const fields = await askAboutPerson(person, { removable: session.people.length > 1 });
  if (fields === "remove") await attempt(() => session.removePerson(person.id));
  else if (fields) await attempt(() => session.changePerson(person.id, fields));
}

/** A deep link: opens the chat with the bot and, as Telegram does, says /start with the link's payload. */
async function visit(bot, start) {
  showChat();
  if (bot.id !== session.bot?.id) await attempt(() => session.chooseBot(bot.id));
  if (start) await chat.send(`/start ${start}`);
  else if (start === "") await chat.send("/start");
}

function onEvent(event) {
  if (event.kind === "reset") return void attempt(reload);
  if (event.kind === "commands") return void attempt(() => session.refreshBots().then(openFirstBot));
  unread.note(event);
  return chat.handle(event);
}

/** A bot has registered while the page showed none. */
const openFirstBot = () => session.bot && !chat.opened && chat.open();

async function reload() {
  await session.load();
  unread.forget();
  await unread.load(session.bots, session.people);
  await chat.catchUp();
}

function onLost() {
  banner("Connection lost. Trying again…", "clock");
}

async function onBack() {
  banner("");
  toast("Connected again");
  await attempt(async () => {
    await session.load();
    await chat.catchUp();
  });
}

async function begin() {
  document.body.dataset.view = "list";
  history.replaceState({ view: "list" }, "");
  await session.load();
  const target = takeVisit();
  const bot = target && session.botNamed(target.username);
  if (target && !bot) toast(`There is no bot @${target.username} here`, { kind: "error" });
  if (session.bots.length === 1 || bot) showChat();
  const { last_event: last } = session.bot ? await api.chat(session.bot.id, session.person.id) : { last_event: undefined };
  await chat.open();
  if (bot) await visit(bot, target.start);
  feed.start(last);
  await unread.load(session.bots, session.people);
  readOpenChat();
}

/** The page may be open before the sandbox is; then it waits. */
async function start() {
  try {
    await begin();
    banner("");
  } catch (error) {
    if (error.name !== "ApiError") throw error;
    banner(error.message, "clock");
    setTimeout(start, RETRY);
  }
}

byId("open-tools").addEventListener("click", () => openTools(chat));
listenForFiles(byId("chat"), { ready: () => chat.ready, accept: (files) => chat.offer(files) });
start();
