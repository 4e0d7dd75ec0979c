// What was said in chats that are not open: counts for the badges, kept between visits.

import { api } from "./api.js";

const STORED = "echoes.seen";
const MOST_LOOKED_AT = 20; // people whose chats are looked through at the start

const keyOf = (botId, personId) => `${botId}:${personId}`;

export class Unread {
  #seen = JSON.parse(localStorage.getItem(STORED) ?? "{}");
  #chats = new Map(); // key → {newest message, unread message ids}

  /** onChange() after any count or newest message changed. */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /** Looks through the chats once; afterwards the events keep it up to date. */
  async load(bots, people) {
    const pairs = people.slice(0, MOST_LOOKED_AT).flatMap((person) => bots.map((bot) => [bot.id, person.id]));
    await Promise.all(pairs.map(async ([botId, personId]) => {
      const { messages } = await api.chat(botId, personId);
      const key = keyOf(botId, personId);
      const seen = this.#seen[key] ?? 0;
      const unread = messages.filter((one) => one.from?.id !== personId && one.message_id > seen).map((one) => one.message_id);
      this.#chats.set(key, { newest: messages.at(-1), unread: new Set(unread) });
    }));
    this.onChange();
  }

  #chat(key) {
    if (!this.#chats.has(key)) this.#chats.set(key, { newest: undefined, unread: new Set() });
    return this.#chats.get(key);
  }

  note({ kind, data, botId, personId }) {
    const chat = this.#chat(keyOf(botId, personId));
    if (kind === "message") {
      chat.newest = data;
      if (data.from?.id !== personId) chat.unread.add(data.message_id);
    } else if (kind === "edit" && chat.newest?.message_id === data.message_id) chat.newest = data;
    else if (kind === "delete") chat.unread.delete(data.message_id);
    else return;
    this.onChange();
  }

  read(botId, personId, newest) {
    const key = keyOf(botId, personId);
    const chat = this.#chat(key);
    chat.newest = newest;
    chat.unread.clear();
    this.#seen[key] = newest.message_id;
    localStorage.setItem(STORED, JSON.stringify(this.#seen));
    this.onChange();
  }

  newest = (botId, personId) => this.#chats.get(keyOf(botId, personId))?.newest;

  count(botId, personId) {
    return this.#chats.get(keyOf(botId, personId))?.unread.size ?? 0;
  }

  ofPerson(personId, bots) {
    return bots.reduce((sum, bot) => sum + this.count(bot.id, personId), 0);
  }

  /** Before everything is loaded anew; what was seen stays seen, for message numbers are never used twice. */
  forget() {
    this.#chats.clear();
  }
}
