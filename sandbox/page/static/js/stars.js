// Telegram Stars, the way they are written: a golden star and a number.

import { h, icon } from "./dom.js";

const grouped = new Intl.NumberFormat("en");

export const stars = (amount) => h("span", { class: "stars" }, icon("star", "star"), grouped.format(amount));

/** A bot's words for a Pay button, with the star in them drawn like all others. */
export function withStars(text) {
  const [before, ...after] = text.split(/⭐\ufe0f?|XTR/u);
  return after.length ? [before, icon("star", "star"), after.join("")] : text;
}
