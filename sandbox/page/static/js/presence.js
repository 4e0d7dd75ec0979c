// "typing…", "sending video…": in the header and as a small bubble, until it is done or for six seconds.

import { byId, h } from "./dom.js";

const LASTS = 6000; // milliseconds; an action must be repeated every five seconds to go on

const WORDS = {
  typing: "typing", upload_photo: "sending photo", record_video: "recording video", upload_video: "sending video",
  record_voice: "recording voice", upload_voice: "sending voice", upload_document: "sending file",
  choose_sticker: "choosing a sticker", find_location: "looking for a place", record_video_note: "recording video",
  upload_video_note: "sending video",
};

export class Presence {
  #timer = 0;

  /** onChange(words or "") for the header. */
  constructor(onChange) {
    this.onChange = onChange;
    this.element = byId("presence");
  }

  show(action) {
    const words = WORDS[action] ?? "busy";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clear(), LASTS);
    this.onChange(`${words}…`);
    if (this.element.dataset.action === action) return;
    const dots = h("span", { class: "dots" }, h("i"), h("i"), h("i"));
    this.element.replaceChildren(h("div", { class: "presence-bubble" }, dots, action === "typing" ? null : h("span", {}, words)));
    this.element.dataset.action = action;
    this.element.hidden = false;
  }

  clear() {
    clearTimeout(this.#timer);
    this.element.hidden = true;
    this.element.dataset.action = "";
    this.onChange("");
  }
}
