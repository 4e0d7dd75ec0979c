// The keyboard a bot puts in place of the phone's own: pressing a key says its words.

import { h } from "./dom.js";

const textOf = (button) => (typeof button === "string" ? button : button.text);

/** Keys that would share a contact, a place or a chat have no counterpart on this page. */
const isPlain = (button) => typeof button === "string" || Object.keys(button).every((name) => ["text", "style"].includes(name));

export function replyKeyboard(markup, press) {
  if (!markup?.keyboard?.length) return null;
  const key = (button) => h("button", { type: "button", class: "key", disabled: !isPlain(button), onclick: () => press(textOf(button)) },
    h("span", { class: "key-text", dir: "auto" }, textOf(button)));
  const rows = markup.keyboard.map((row) => h("div", { class: "keyboard-row" }, row.map(key)));
  return h("div", { class: "reply-rows", role: "group", "aria-label": "The bot's keyboard" }, rows);
}
