// The sheet in which a person pays in Stars: what, how much, out of how much; then the bot's word.

import { api } from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { attempt, dialog, toast } from "./notices.js";
import { stars } from "./stars.js";

const GIFT = 5000; // Stars a person who has run out is given, at the least
const ENJOYED = 3000; // milliseconds after which the good news goes away by itself
const SPARKS = 14;

class PaySheet {
  /** pay() → {ok, error}; invoice: the Bot API's, with media_url and subscription_period if there are any. */
  constructor({ session, invoice, pay }) {
    Object.assign(this, { session, invoice, pay });
    this.balance = h("dd", {});
    this.error = h("div", { class: "pay-error", role: "alert", hidden: true });
    this.body = h("div", { class: "sheet-body pay-body" });
    this.actions = h("div", { class: "sheet-actions pay-actions" });
  }

  open() {
    const close = iconButton("close", "Close", () => this.element.close());
    const { element, closed } = dialog({ class: "sheet pay-sheet", "aria-label": "Pay with Stars" },
      h("div", { class: "sheet-head" }, h("h2", {}, "Pay with Stars"), close), this.body, this.actions);
    this.element = element;
    this.#ask();
    return closed;
  }

  get #enough() {
    return this.session.person.stars >= this.invoice.total_amount;
  }

  get #gift() {
    return Math.max(GIFT, this.invoice.total_amount);
  }

  #ask() {
    const { title, description, total_amount: price, media_url: photo, subscription_period: period } = this.invoice;
    const mark = photo ? h("img", { class: "pay-photo", src: photo, alt: "" }) : h("span", { class: "star-tile large" }, icon("star", "star"));
    this.balance.replaceChildren(stars(this.session.person.stars));
    this.body.replaceChildren(mark, h("h3", { dir: "auto" }, title), h("p", { class: "pay-about", dir: "auto" }, description),
      h("dl", { class: "pay-sums" },
        h("dt", {}, period ? "Price every 30 days" : "Price"), h("dd", {}, stars(price)),
        h("dt", {}, h("bdi", {}, this.session.person.first_name), " has"), this.balance),
      this.error);
    this.#offer();
  }

  #offer() {
    const cancel = h("button", { type: "button", class: "button quiet", onclick: () => this.element.close() }, "Cancel");
    const confirm = h("button", { type: "button", class: "button primary", onclick: () => this.#confirm(confirm, cancel) },
      "Confirm and pay ", stars(this.invoice.total_amount));
    const more = h("button", { type: "button", class: "button primary", onclick: () => this.#topUp() }, "Get ", stars(this.#gift), " for free");
    if (!this.#enough) this.#complain("Not enough Stars.", "In the sandbox they cost nothing.");
    this.actions.replaceChildren(cancel, this.#enough ? confirm : more);
    this.actions.lastChild.focus();
  }

  async #topUp() {
    const { person } = this.session;
    const given = await attempt(() => api.giveStars(person.id, person.stars + this.#gift));
    if (!given) return;
    this.session.setStars(person.id, given.stars);
    this.error.hidden = true;
    this.#ask();
  }

  async #confirm(confirm, cancel) {
    this.error.hidden = true;
    confirm.disabled = cancel.disabled = true;
    confirm.setAttribute("aria-busy", "true");
    confirm.replaceChildren(h("span", { class: "spinner" }), h("span", { dir: "auto" }, `Asking ${this.session.bot.name}…`));
    const verdict = await attempt(this.pay);
    if (!this.element.open) return void (verdict && toast(verdict.ok ? "Paid" : `${verdict.error} Nothing was paid.`));
    if (verdict?.ok) return this.#celebrate();
    if (verdict) this.#complain(verdict.error, "Nothing was paid.");
    return this.#offer();
  }

  #complain(words, note) {
    this.error.replaceChildren(h("strong", { dir: "auto" }, words), h("span", {}, note));
    this.error.hidden = false;
  }

  #celebrate() {
    const sparks = Array.from({ length: SPARKS }, (_, index) => h("i", { vars: { "--turn": `${(index / SPARKS) * 360}deg`, "--far": 70 + (index % 3) * 26 } }, icon("star", "star")));
    this.body.replaceChildren(
      h("div", { class: "burst", "aria-hidden": "true" }, sparks, h("span", { class: "burst-check" }, icon("check"))),
      h("h3", {}, "Paid"),
      h("p", { class: "pay-about" }, stars(this.invoice.total_amount), " went to ", h("bdi", {}, this.session.bot.name), "."));
    const done = h("button", { type: "button", class: "button primary", onclick: () => this.element.close() }, "Done");
    this.actions.replaceChildren(done);
    done.focus();
    setTimeout(() => this.element.close(), ENJOYED);
  }
}

/** Resolves when the sheet is closed, whatever came of it. */
export const openPaySheet = (about) => new PaySheet(about).open();
