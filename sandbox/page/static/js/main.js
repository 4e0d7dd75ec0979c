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
const RETRY = 1500; // milliseconds between attempts to find what is not there yet

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
  invoice: showInvoice,
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
const feed = new Feed({ onEvent: (event) => (early ? early.push(event) : onEvent(event)), onLost, onBack });
let early = []; // what happened while the page was loading; null once it follows

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

/** A link to an invoice: opens the chat with the bot it is from, and asks whether to pay. */
async function showInvoice(id) {
  const invoice = await attempt(() => api.invoice(id));
  if (!invoice) return;
  showChat();
  if (invoice.bot_id !== session.bot?.id) await attempt(() => session.chooseBot(invoice.bot_id));
  await chat.dealings.payLink(id, invoice);
}

/** What the page's own address asked for. */
async function answerVisit({ username, start, invoice, words }) {
  const bot = username && session.botNamed(username);
  if (bot) await visit(bot, start);
  else if (username) toast(`There is no bot @${username} here`, { kind: "error" });
  if (invoice) await showInvoice(invoice);
  if (words && session.bot) await chat.dealings.shareWords(words);
}

function onEvent(event) {
  if (event.kind === "stars") return session.setStars(event.personId, event.data.stars);
  if (event.kind === "reset") return void attempt(reload);
  if (event.kind === "commands") return void attempt(() => session.refreshBots());
  unread.note(event);
  return chat.handle(event);
}

/** Nothing announces a bot that has registered; where there is none, the page looks now and then. */
async function awaitFirstBot() {
  if (!session.bot) await session.refreshBots();
  if (!session.bot) return void setTimeout(() => attempt(awaitFirstBot), RETRY);
  showChat();
  return chat.open();
}

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
  if (early) return; // the page is still loading, and loads what is new
  toast("Connected again");
  await attempt(async () => {
    await session.load();
    await chat.catchUp();
  });
}

async function begin() {
  await session.load();
  if (session.bots.length === 1 || target) showChat();
  await chat.open();
  await unread.load(session.bots, session.people);
  readOpenChat();
  const waiting = early;
  early = null;
  waiting.forEach(onEvent);
  if (target) await answerVisit(target);
  if (!session.bot) await awaitFirstBot();
}

/** The sandbox may go away while the page loads; then it begins again. */
async function start() {
  try {
    await begin();
    requestAnimationFrame(() => document.body.classList.remove("starting"));
  } catch (error) {
    if (error.name !== "ApiError") throw error;
    setTimeout(start, RETRY);
  }
}

const target = takeVisit();
history.replaceState({ view: "list" }, "");
byId("open-tools").addEventListener("click", () => openTools(chat));
listenForFiles(byId("chat"), { ready: () => chat.ready, accept: (files) => chat.offer(files) });
await feed.start();
start();
