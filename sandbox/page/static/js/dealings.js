// What a person has to do with the bot besides talking: paying it, and sending others what it makes.

import { api } from "./api.js";
import { openPaySheet } from "./paysheet.js";
import { sendToSomebody, shareInline } from "./sharesheet.js";

export class Dealings {
  /** on.start(parameter) when a bot's inline results lead back to its chat. */
  constructor(session, on) {
    Object.assign(this, { session, on });
  }

  get #ids() {
    return [this.session.bot.id, this.session.person.id];
  }

  pay({ message_id: id, invoice, media_url: photo }) {
    return this.#open({ ...invoice, media_url: photo }, { message_id: id });
  }

  /** Pays what is behind a link to an invoice of this chat's bot. */
  payLink(id, invoice) {
    return this.#open(invoice, { invoice_link: `https://t.me/$${id}` });
  }

  #open(invoice, what) {
    const ids = this.#ids; // the person may have become another before the bot has answered
    return openPaySheet({ session: this.session, invoice, pay: () => api.pay(...ids, what) });
  }

  /** Shows the bot's inline results for `query`; what is chosen goes to this chat if `here`, else to somebody. */
  inline(query, here) {
    return shareInline({ session: this.session, query, here, on: this.on });
  }

  forward({ message_id: id }) {
    return this.#share("Forward to", { message_id: id });
  }

  shareWords(text) {
    return this.#share("Send to", { text });
  }

  #share(title, what) {
    const ids = this.#ids;
    return sendToSomebody(this.session, title, (to) => api.share(...ids, { ...what, to }));
  }
}
