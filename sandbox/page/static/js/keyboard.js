// Inline keyboards: a tap shows as pressed and loading until the bot answers, or for ten seconds.

import { arrange, h, icon } from "./dom.js";
import { toast } from "./notices.js";
import { withStars } from "./stars.js";

const PATIENCE = 10_000; // milliseconds; Telegram's own apps stop waiting about then

const keyOf = (messageId, button) => `${messageId}|${button.callback_data}`;

export class InlineKeyboards {
  #waiting = new Map(); // key → timer
  #queries = new Map(); // callback_query_id → key
  #early = new Set(); // answers that came before the tap's own response

  /** on.tap(messageId, data) → callback_query_id, on.link(address), on.app(messageId, address), on.pay(message), on.inline(query, here). */
  constructor(on) {
    this.on = on;
  }

  render(message) {
    const rows = message.reply_markup?.inline_keyboard;
    if (!rows?.length) return null;
    const keyboard = h("div", { class: "keyboard", role: "group", "aria-label": "Buttons" });
    arrange(keyboard, rows.map((row) => h("div", { class: "keyboard-row" }, row.map((one) => this.#button(message, one)))));
    return keyboard;
  }

  #button(message, button) {
    const [kind, run] = this.#behaviour(message, button);
    const key = keyOf(message.message_id, button);
    const properties = {
      type: "button", class: `key ${button.style ?? ""} ${button.pay ? "pay" : ""}`, "aria-label": button.pay ? button.text : null, onclick: run, disabled: !run || button.disabled,
      dataset: { key }, "aria-busy": this.#waiting.has(key) ? "true" : null,
    };
    return h("button", properties, h("span", { class: "key-text", dir: "auto" }, button.pay ? withStars(button.text) : button.text), kind && icon(kind, "corner"));
  }

  #behaviour(message, button) {
    if (button.callback_data !== undefined) return [null, () => this.#tap(message.message_id, button)];
    if (button.web_app) return ["expand", () => this.on.app(message.message_id, button.web_app.url)];
    const address = button.url ?? button.login_url?.url;
    if (address) return ["link", () => this.on.link(address)];
    if (button.copy_text) return ["copy", () => copyText(button.copy_text.text)];
    if (button.pay) return [null, () => this.on.pay(message)];
    const elsewhere = button.switch_inline_query ?? button.switch_inline_query_chosen_chat;
    if (elsewhere !== undefined) return ["forward", () => this.on.inline(elsewhere.query ?? (typeof elsewhere === "string" ? elsewhere : ""), false)];
    const here = button.switch_inline_query_current_chat;
    if (here !== undefined) return ["search", () => this.on.inline(here, true)];
    return [null, null]; // games have no counterpart on this page
  }

  async #tap(messageId, button) {
    const key = keyOf(messageId, button);
    if (this.#waiting.has(key)) return;
    this.#wait(key);
    const query = await this.on.tap(messageId, button.callback_data);
    if (query === undefined || this.#early.delete(query)) this.#done(key);
    else this.#queries.set(query, key);
  }

  #wait(key) {
    this.#waiting.set(key, setTimeout(() => this.#done(key), PATIENCE));
    this.#mark(key, true);
  }

  #done(key) {
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
    this.#mark(key, false);
  }

  #mark(key, busy) {
    for (const element of document.querySelectorAll(`.key[data-key="${CSS.escape(key)}"]`)) {
      if (busy) element.setAttribute("aria-busy", "true");
      else element.removeAttribute("aria-busy");
    }
  }

  answered(query) {
    const key = this.#queries.get(query);
    this.#queries.delete(query);
    if (key) this.#done(key);
    else this.#early.add(query);
  }
}

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    toast("This browser does not let the page copy", { kind: "error" });
  }
}
