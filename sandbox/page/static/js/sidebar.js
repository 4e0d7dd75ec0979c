// Left of the chat (or before it, on a phone): who you are, and whom you talk to.
// Entries are made once and changed in place, to their smallest part: what goes from under the hand takes its press along.

import { arrange, byId, h, icon } from "./dom.js";
import { fullName, shortTime, summary } from "./format.js";
import { avatar, paint } from "./header.js";

function fill(part, text) {
  part.hidden = !text;
  part.textContent = text;
}

function fillBadge(badge, count) {
  badge.ariaLabel = `${count} unread`;
  fill(badge, count > 99 ? "99+" : count || "");
}

class PersonEntry {
  /** on: person(id), changePerson(person). */
  constructor(person, on) {
    this.avatar = avatar(person);
    this.badge = h("span", { class: "badge" });
    this.name = h("bdi", { class: "person-name" });
    const onclick = () => (this.chosen ? on.changePerson(this.person) : on.person(this.person.id));
    this.element = h("button", { type: "button", class: "person", onclick }, h("span", { class: "ringed" }, this.avatar, this.badge), this.name);
  }

  update(person, { chosen, count }) {
    Object.assign(this, { person, chosen });
    const name = fullName(person);
    const label = chosen ? `You are ${name}, press to change` : `Become ${name}${count ? `, ${count} unread` : ""}`;
    Object.assign(this.element, { ariaPressed: chosen, ariaLabel: label, title: label });
    paint(this.avatar, person);
    fillBadge(this.badge, count);
    this.name.textContent = person.first_name;
  }
}

class ChatEntry {
  /** on: bot(id). */
  constructor(bot, on) {
    this.avatar = avatar(bot);
    this.name = h("bdi", { class: "chat-name" });
    this.time = h("time");
    this.who = h("em");
    this.words = h("span");
    this.badge = h("span", { class: "badge" });
    const top = h("span", { class: "chat-line" }, this.name, this.time);
    const bottom = h("span", { class: "chat-line" }, h("span", { class: "chat-preview", dir: "auto" }, this.who, this.words), this.badge);
    this.button = h("button", { type: "button", class: "chat-item", onclick: () => on.bot(bot.id) }, this.avatar, h("span", { class: "chat-lines" }, top, bottom));
    this.element = h("div", { role: "listitem" }, this.button);
  }

  update(bot, { chosen, count, newest, personId }) {
    const who = newest && !newest.from?.is_bot ? (newest.from?.id === personId ? "You" : newest.from?.first_name) : null;
    this.button.ariaCurrent = chosen || null;
    paint(this.avatar, bot);
    this.name.textContent = bot.name;
    fill(this.time, newest ? shortTime(newest.date) : "");
    fill(this.who, who ? `${who}: ` : "");
    this.words.textContent = newest ? summary(newest) : "Press Start to begin";
    fillBadge(this.badge, count);
  }
}

export class Sidebar {
  #people = new Map();
  #chats = new Map();

  /** on: person(id), addPerson(), changePerson(person), bot(id). */
  constructor(session, unread, on) {
    Object.assign(this, { session, unread, on });
    this.add = h("button", { type: "button", class: "person add", onclick: on.addPerson, "aria-label": "Add a person" },
      h("span", { class: "ringed" }, h("span", { class: "avatar plus" }, icon("plus"))), h("span", { class: "person-name" }, "New"));
  }

  draw() {
    if (!this.session.person) return;
    arrange(byId("people"), [...this.session.people.map((one) => this.#person(one)), this.add]);
    const none = h("p", { class: "no-chats" }, "No bot here yet. As soon as one starts and connects to this sandbox, it appears.");
    arrange(byId("chats"), this.session.bots.length ? this.session.bots.map((one) => this.#chat(one)) : [none]);
    const others = this.session.people.reduce((sum, one) => sum + this.unread.ofPerson(one.id, this.session.bots), 0);
    document.title = `${others ? `(${others}) ` : ""}${this.session.bot?.name ?? "Echoes"} · sandbox`;
  }

  #person(person) {
    const entry = this.#people.get(person.id) ?? new PersonEntry(person, this.on);
    this.#people.set(person.id, entry);
    const chosen = person.id === this.session.person.id;
    entry.update(person, { chosen, count: chosen ? 0 : this.unread.ofPerson(person.id, this.session.bots) });
    return entry.element;
  }

  #chat(bot) {
    const entry = this.#chats.get(bot.id) ?? new ChatEntry(bot, this.on);
    this.#chats.set(bot.id, entry);
    const personId = this.session.person.id;
    const newest = this.unread.newest(bot.id, personId);
    entry.update(bot, { chosen: bot.id === this.session.bot?.id, count: this.unread.count(bot.id, personId), newest, personId });
    return entry.element;
  }
}
