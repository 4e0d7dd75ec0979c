// The open chat: loads it, follows it, and carries out what the person does in it.

import { api } from "./api.js";
import { Dealings } from "./dealings.js";
import { byId } from "./dom.js";
import { Header, noBots, welcome } from "./header.js";
import { InlineKeyboards } from "./keyboard.js";
import { openLightbox } from "./lightbox.js";
import { deepLink, invoiceLink, shareLink } from "./links.js";
import { listenForMenus } from "./messagemenu.js";
import { openMiniApp } from "./miniapp.js";
import { attempt, showAlert, toast } from "./notices.js";
import { Composer } from "./composer.js";
import { Presence } from "./presence.js";
import { Timeline } from "./timeline.js";
import { askHowToSend } from "./sendsheet.js";
import { pickFiles } from "./attach.js";
import { parcels, sendParcel } from "./uploads.js";

export class Chat {
  #sending = 0; // uploads under way, whose own messages wait for the bubble that stands for them
  #lastEvent = 0;
  #news = 0;
  #asked = 0;
  #early = null; // events that came while the chat was being loaded

  /** on: back(), person(), activity(message), link(bot, start), invoice(id). */
  constructor(session, on) {
    Object.assign(this, { session, on });
    const reactions = {
      open: (media) => openLightbox(this.timeline.messages, media),
      jump: (id) => this.timeline.jump(id) || toast("That message is no longer here"),
      link: (address, event) => this.follow(address, event),
      command: (text) => this.send(text),
      mention: (username) => this.#mention(username),
    };
    this.dealings = new Dealings(session, { start: (parameter) => this.send(`/start ${parameter}`) });
    this.keyboards = new InlineKeyboards({
      tap: (id, data) => this.#tap(id, data),
      link: (address) => this.follow(address),
      app: (id, address) => this.#openApp(id, address),
      pay: (message) => this.dealings.pay(message),
      inline: (query, here) => this.dealings.inline(query, here),
    });
    this.timeline = new Timeline({
      scroller: byId("scroller"), list: byId("timeline"), on: reactions, keyboards: this.keyboards,
      onScroll: (atBottom) => this.#scrolled(atBottom),
    });
    this.header = new Header({ back: on.back, person: on.person });
    this.presence = new Presence((words) => this.header.setStatus(words));
    this.composer = new Composer(byId("dock"), {
      send: (text, replyTo) => this.send(text, replyTo),
      edit: (id, text) => attempt(async () => this.timeline.upsert(await api.edit(...this.#ids, id, text))),
      pick: async () => this.offer(await pickFiles()),
      start: () => this.send("/start"),
      unblock: () => this.setBlocked(false),
      editLast: () => this.#editLast(),
    });
    listenForMenus(byId("timeline"), {
      find: (element) => this.timeline.message(Number(element.closest("[data-message]")?.dataset.message ?? element.closest(".row").dataset.id)),
      personId: () => this.session.person.id,
      on: {
        reply: (message) => this.composer.reply(message),
        edit: (message) => this.composer.edit(message),
        forward: (message) => this.dealings.forward(message),
      },
    });
    byId("to-bottom").addEventListener("click", () => this.timeline.toBottom());
  }

  get #ids() {
    return [this.session.bot.id, this.session.person.id];
  }

  get key() {
    return this.session.bot ? this.#ids.join(":") : "";
  }

  get ready() {
    return Boolean(this.session.bot) && !this.blocked && !document.querySelector("dialog[open]");
  }

  /** Shows the chat of the chosen person and bot. */
  async open() {
    if (!this.session.bot) {
      document.body.classList.add("no-bot");
      byId("empty").replaceChildren(...noBots());
      byId("empty").hidden = false;
      return;
    }
    const key = this.key;
    const chat = await this.#load();
    if (!chat) return;
    this.opened = key;
    document.body.classList.remove("no-bot"); // nothing can be written before it is clear to whom
    this.presence.clear();
    this.describe();
    this.composer.open(key, this.session.bot);
    for (const row of byId("pending").children) row.hidden = row.dataset.chat !== key;
    this.#take(chat);
    this.timeline.open(chat.messages, this.session.person.id);
    this.#settle();
    this.#replay();
    this.composer.focus();
  }

  /** The chat, or null when it was asked for again meanwhile, or the person has gone on to another one. */
  async #load() {
    const turn = ++this.#asked;
    const key = this.key;
    this.#early = [];
    const chat = await api.chat(...this.#ids);
    return turn === this.#asked && key === this.key ? chat : null;
  }

  #replay() {
    const events = this.#early ?? [];
    this.#early = null;
    events.forEach((event) => this.handle(event));
  }

  /** After an interruption: whatever was missed is put right without redrawing the rest. */
  async catchUp() {
    if (!this.session.bot || this.opened !== this.key) return this.open();
    const chat = await this.#load();
    if (!chat) return undefined;
    this.#take(chat);
    this.timeline.sync(chat.messages);
    this.#settle();
    return this.#replay();
  }

  /** Names, commands or the description of the bot may have changed. */
  describe() {
    if (!this.session.bot) return;
    this.header.show(this.session.bot, this.session.person);
    byId("empty").replaceChildren(...welcome(this.session.bot));
    this.composer.commands.setCommands(this.session.bot.commands ?? []);
  }

  #take(chat) {
    this.#lastEvent = chat.last_event;
    this.blocked = chat.blocked;
    this.composer.showKeys(chat.reply_keyboard);
  }

  #settle() {
    const strangers = (one) => !one.from?.is_bot && one.from?.id !== this.session.person.id;
    const begun = this.timeline.messages.some((one) => !strangers(one)); // what friends sent is no word to the bot
    byId("empty").hidden = this.timeline.size > 0 || this.#sending > 0;
    this.composer.setMode(this.blocked ? "blocked" : begun ? "write" : "start");
    const newest = this.timeline.messages.at(-1);
    if (newest) this.on.activity(newest);
  }

  handle(event) {
    if (event.botId !== this.session.bot?.id || event.personId !== this.session.person.id) return;
    if (this.#early) return void this.#early.push(event);
    if (event.id <= this.#lastEvent) return; // already part of what was loaded
    this[`_${event.kind}`]?.(event.data);
  }

  _message(message) {
    const mine = message.from?.id === this.session.person.id;
    if (mine && this.#sending) return; // the answer to the upload brings it
    if (!mine) this.presence.clear();
    if ("reply_keyboard" in message) this.composer.showKeys(message.reply_keyboard);
    if (!mine && !this.timeline.atBottom) this.#count(this.#news + 1);
    this.timeline.upsert(message);
    if (message.successful_payment) this.timeline.toBottom(); // the person's own doing, however far up they did it
    this.#settle();
  }

  _edit(message) {
    this.timeline.upsert(message);
  }

  _delete({ message_id: id }) {
    this.timeline.remove(id);
    this.#settle();
  }

  _action({ action }) {
    this.presence.show(action);
  }

  _answer(answer) {
    this.keyboards.answered(answer.callback_query_id);
    if (answer.text && answer.show_alert) showAlert(answer.text, this.session.bot.name);
    else if (answer.text) toast(answer.text);
    if (answer.url) this.follow(answer.url);
  }

  async send(text, replyTo) {
    const result = await attempt(() => api.say(...this.#ids, { text, reply_to: replyTo }));
    if (!result) return this.composer.giveBack(text);
    this.timeline.upsert(...result.messages);
    this.#settle();
    return this.timeline.toBottom({ smooth: false });
  }

  /** Files came by button, drop or paste: the person looks at them, then they go. */
  async offer(files) {
    if (!files.length || !this.ready) return;
    const choice = await askHowToSend(files, this.composer.field.value.trim());
    if (!choice) return;
    await this.#upload({ ...choice, replyTo: this.composer.takeText() });
  }

  async #upload({ files, caption, asFile, urls, replyTo }) {
    const { bot, person } = this.session;
    const key = this.key;
    const all = parcels(files, asFile);
    this.#sending += all.length;
    byId("empty").hidden = true;
    this.timeline.toBottom({ smooth: false });
    for (const [index, parcel] of all.entries()) {
      const fields = index === 0 ? { caption, reply_to: replyTo } : {};
      const messages = await attempt(() => sendParcel({ bot, person, key, parcel, fields, urls }));
      this.#sending -= 1;
      if (messages && key === this.key) this.timeline.upsert(...messages);
    }
    for (const url of urls.values()) URL.revokeObjectURL(url);
    await attempt(() => this.catchUp()); // what else the person said meanwhile was held back
  }

  #tap(id, data) {
    return attempt(async () => (await api.tap(...this.#ids, id, data)).callback_query_id);
  }

  async setBlocked(blocked) {
    const done = await attempt(() => (blocked ? api.block : api.unblock)(...this.#ids));
    if (!done) return;
    this.blocked = blocked;
    this.#settle();
  }

  #editLast() {
    const mine = this.timeline.messages.filter((one) => one.text && one.from?.id === this.session.person.id);
    if (mine.length) this.composer.edit(mine.at(-1));
  }

  /** What Telegram's own addresses mean happens on the page; everything else opens beside it. */
  follow(address, event) {
    const run = this.#meaning(address);
    if (run) {
      event?.preventDefault();
      run();
    } else if (!event) window.open(address, "_blank", "noopener");
  }

  async #openApp(messageId, address) {
    const opened = await attempt(() => api.openApp(...this.#ids, messageId, address));
    if (opened) openMiniApp(opened.url, this.session.bot.name);
  }

  #meaning(address) {
    const [invoice, words, deep] = [invoiceLink(address), shareLink(address), deepLink(address)];
    if (invoice) return () => this.on.invoice(invoice);
    if (words) return () => this.dealings.shareWords(words);
    const bot = deep && this.session.botNamed(deep.username);
    return bot ? () => this.on.link(bot, deep.start) : null;
  }

  #mention(username) {
    const bot = this.session.botNamed(username);
    if (bot) this.on.link(bot, null);
    else toast(`@${username} is not a bot of this sandbox`);
  }

  #scrolled(atBottom) {
    byId("to-bottom").hidden = atBottom;
    if (atBottom) this.#count(0);
  }

  #count(news) {
    this.#news = news;
    const badge = byId("to-bottom").querySelector(".badge");
    badge.textContent = news;
    badge.hidden = !news;
  }
}
