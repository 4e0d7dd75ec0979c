// The head of a chat: who it is with and what they are doing; also the welcome of an empty chat.

import { byId, h, icon, iconButton } from "./dom.js";
import { avatarColors, fullName, initials } from "./format.js";

export function avatar(who, extra = "") {
  return paint(h("span", { class: `avatar ${extra}`, "aria-hidden": "true" }), who);
}

/** Shows somebody's colours and initials on an avatar that is there already. */
export function paint(element, who) {
  const [light, deep] = avatarColors(who);
  element.style.setProperty("--light", light);
  element.style.setProperty("--deep", deep);
  element.textContent = initials(fullName(who));
  return element;
}

export class Header {
  /** on: back(), menu(). */
  constructor(on) {
    this.on = on;
    this.element = byId("chat-head");
  }

  show(bot, person) {
    this.bot = bot;
    this.status = h("span", { class: "status" });
    const back = iconButton("back", "Back to the chats", this.on.back, "back");
    const title = h("div", { class: "chat-title" }, h("h2", { dir: "auto" }, bot.name), this.status);
    const you = h("button", { type: "button", class: "you", onclick: this.on.person, title: "Change this person", "aria-label": `You are ${person.first_name}` },
      h("span", { class: "you-words" }, "as ", h("bdi", {}, person.first_name)), avatar(person, "small"));
    this.element.replaceChildren(back, avatar(bot), title, you);
    this.setStatus("");
  }

  setStatus(words) {
    if (!this.status) return;
    this.status.classList.toggle("busy", Boolean(words));
    this.status.textContent = words || "bot";
  }
}

/** What stands in a chat in which nothing was said: who this is, and that one press begins. */
export function welcome(bot) {
  const about = bot.description || "Press Start and say hello. Send a photo, a video or a file whenever you like.";
  return [
    h("div", { class: "welcome" },
      avatar(bot, "huge"),
      h("h3", { dir: "auto" }, bot.name),
      h("p", { dir: "auto" }, about),
      h("span", { class: "hint" }, icon("down"), "Press Start below")),
  ];
}

/** What stands there before any bot has been registered. */
export function noBots() {
  return [h("div", { class: "welcome" }, h("span", { class: "avatar huge" }, icon("logo")), h("h3", {}, "No bot here yet"),
    h("p", {}, "As soon as a bot starts and connects to this sandbox, it appears here by itself."))];
}
