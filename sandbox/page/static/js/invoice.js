// An invoice in the conversation: what it is for. Its Pay button is part of its keyboard.

import { h, icon } from "./dom.js";

export function renderInvoice({ invoice, media_url: photo }, meta) {
  const mark = photo ? h("img", { class: "invoice-photo", src: photo, alt: "" }) : h("span", { class: "star-tile" }, icon("star", "star"));
  const words = h("div", { class: "invoice-words" },
    h("strong", { dir: "auto" }, invoice.title),
    h("span", { class: "invoice-about", dir: "auto" }, invoice.description),
    meta);
  return h("div", { class: `invoice ${photo ? "pictured" : ""}` }, mark, words);
}
