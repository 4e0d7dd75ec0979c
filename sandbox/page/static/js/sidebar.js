// Left of the chat (or before it, on a phone): who you are, and whom you talk to.

import { arrange, byId, h, icon } from "./dom.js";
import { fullName, shortTime, summary } from "./format.js";
import { avatar } from "./header.js";

const badge = (count) => count > 0 && h("span", { class: "badge", "aria-label": `${count} unread` }, count > 99 ? "99+" : count);

export class Sidebar {
  /** on: person(id), addPerson(), changePerson(person), bot(id). */
  constructor(session, unread, on) {
    Object.assign(this, { session, unread, on });
  }

  draw() {
    if (!this.session.person) return;
    const focused = document.activeElement?.dataset?.focus;
    arrange(byId("people"), [...this.session.people.map((one) => this.#person(one)), this.#add()]);
    const none = h("p", { class: "no-chats" }, "No bot here yet. As soon as one starts and connects to this sandbox, it appears.");
    arrange(byId("chats"), this.session.bots.length ? this.session.bots.map((one) => this.#chat(one)) : [none]);
    if (focused) document.querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
    const others = this.session.people.reduce((sum, one) => sum + this.unread.ofPerson(one.id, this.session.bots), 0);
    document.title = `${others ? `(${others}) ` : ""}${this.session.bot?.name ?? "Echoes"} · sandbox`;
  }

  #person(person) {
    const chosen = person.id === this.session.person.id;
    const name = fullName(person);
    const onclick = () => (chosen ? this.on.changePerson(person) : this.on.person(person.id));
    const count = chosen ? 0 : this.unread.ofPerson(person.id, this.session.bots);
    const label = chosen ? `You are ${name}, press to change` : `Become ${name}${count ? `, ${count} unread` : ""}`;
    const properties = { type: "button", class: "person", "aria-pressed": String(chosen), "aria-label": label, title: label, onclick, dataset: { focus: `person-${person.id}` } };
    return h("button", properties, h("span", { class: "ringed" }, avatar(person), badge(count)), h("bdi", { class: "person-name" }, person.first_name));
  }

  #add() {
    const properties = { type: "button", class: "person add", onclick: this.on.addPerson, "aria-label": "Add a person", dataset: { focus: "person-add" } };
    return h("button", properties, h("span", { class: "ringed" }, h("span", { class: "avatar plus" }, icon("plus"))), h("span", { class: "person-name" }, "New"));
  }

  #chat(bot) {
    const { person } = this.session;
    const newest = this.unread.newest(bot.id, person.id);
    const who = newest && !newest.from?.is_bot ? (newest.from?.id === person.id ? "You" : newest.from?.first_name) : null;
    const chosen = bot.id === this.session.bot?.id;
    const properties = { type: "button", class: "chat-item", "aria-current": chosen ? "true" : null, onclick: () => this.on.bot(bot.id), dataset: { focus: `bot-${bot.id}` } };
    const top = h("span", { class: "chat-line" }, h("bdi", { class: "chat-name" }, bot.name), newest && h("time", {}, shortTime(newest.date)));
    const words = newest ? summary(newest) : "Press Start to begin";
    const bottom = h("span", { class: "chat-line" },
      h("span", { class: "chat-preview", dir: "auto" }, who && h("em", {}, `${who}: `), words), badge(this.unread.count(bot.id, person.id)));
    return h("div", { role: "listitem" }, h("button", properties, avatar(bot), h("span", { class: "chat-lines" }, top, bottom)));
  }
}
