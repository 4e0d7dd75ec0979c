// One row of the conversation: a message, or an album of several. Edits patch only the part that changed.

import { renderAlbum } from "./album.js";
import { h, icon } from "./dom.js";
import { fullName, summary, timeOf } from "./format.js";
import { renderInvoice } from "./invoice.js";
import { isVisual, fit, mediaKey, mediaOf, renderMedia } from "./media.js";
import { richText } from "./richtext.js";

const JUMBO = /^(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0f){1,12}$/u;
const SWAP_TIME = 1500; // milliseconds the old picture stays under a new one that is still loading

const PARTS = ["head", "media", "words", "keyboard"];

export class Row {
  #keys = {};
  #slots = {};

  /** `on`: the callbacks of the chat; `keyboards`: who renders inline keyboards. */
  constructor(on, keyboards) {
    this.on = on;
    this.keyboards = keyboards;
    this.bubble = h("article", { class: "bubble" });
    this.stack = h("div", { class: "stack" }, this.bubble);
    this.element = h("li", { class: "row arriving", tabindex: "-1" }, this.stack);
    this.element.addEventListener("animationend", () => this.element.classList.remove("arriving"), { once: true });
  }

  update(messages, { mine, first, last }) {
    this.messages = messages;
    this.mine = mine;
    this.lead = messages.find((one) => one.caption) ?? messages[0];
    const media = mediaOf(this.lead);
    this.#classes({ mine, first, last, media });
    for (const part of PARTS) this.#patch(part, media);
    this.element.dataset.id = messages[0].message_id;
    this.bubble.setAttribute("aria-label", `${mine ? "You" : fullName(this.lead.from)}, ${timeOf(this.lead.date)}`);
  }

  #classes({ mine, first, last, media }) {
    const visual = isVisual(media);
    const words = this.lead.text ?? this.lead.caption;
    const flags = {
      mine, theirs: !mine, first, last, visual, bare: visual && !words, wordless: media && !visual && !words,
      jumbo: JUMBO.test(this.lead.text ?? ""),
    };
    for (const [name, on] of Object.entries(flags)) this.element.classList.toggle(name, Boolean(on));
    if (visual) this.element.style.setProperty("--w", `${this.messages.length > 1 ? 420 : fit(media).width}px`);
    else this.element.style.removeProperty("--w");
  }

  #patch(part, media) {
    const key = this.#keyOf(part, media);
    if (this.#keys[part] === key) return;
    const old = this.#slots[part];
    this.#keys[part] = key;
    const fresh = this[`_${part}`](media);
    this.#slots[part] = fresh;
    if (part === "media" && old && fresh) return swap(old, fresh);
    old?.remove();
    if (fresh) this.#place(part, fresh);
  }

  #keyOf(part, media) {
    const { lead, messages } = this;
    if (part === "media") return media && messages.map((one) => mediaKey(mediaOf(one))).join("+");
    if (part === "keyboard") return JSON.stringify([messages[0].message_id, messages[0].reply_markup]);
    if (part === "head") return JSON.stringify([lead.forward_origin, messages[0].reply_to_message, lead.via_bot?.username, lead.from?.first_name, this.mine]);
    return JSON.stringify([lead.invoice, lead.text ?? lead.caption, lead.entities ?? lead.caption_entities, lead.edit_date, lead.date]);
  }

  #place(part, fresh) {
    if (part === "keyboard") return this.stack.append(fresh);
    const later = PARTS.slice(PARTS.indexOf(part) + 1, 3).map((one) => this.#slots[one]).find(Boolean);
    return this.bubble.insertBefore(fresh, later ?? null);
  }

  _head() {
    const { forward_origin: origin } = this.lead;
    const reply = this.messages[0].reply_to_message;
    const sender = this.#sender();
    if (!origin && !reply && !sender) return null;
    const from = origin && h("div", { class: "forwarded" }, `Forwarded from ${originName(origin)}`);
    return h("div", { class: "head" }, sender, from, reply && quote(reply, () => this.on.jump(reply.message_id)));
  }

  /** Who a message is from that neither side of this chat wrote, and which bot made it. */
  #sender() {
    const { from, via_bot: via } = this.lead;
    const stranger = !this.mine && from && !from.is_bot;
    if (!stranger && !via) return null;
    return h("div", { class: "sender" }, stranger && h("bdi", {}, fullName(from)), via && h("span", { class: "via" }, `via @${via.username}`));
  }

  _media(media) {
    if (!media) return null;
    const shown = this.messages.length > 1 ? renderAlbum(this.messages, this.on) : renderMedia(media, this.on);
    return h("div", { class: "media-slot" }, shown);
  }

  _words() {
    const { text, caption, entities, caption_entities: captionEntities } = this.lead;
    const words = text ?? caption ?? (mediaOf(this.lead) ? "" : summary(this.lead));
    const meta = h("span", { class: "meta" }, this.lead.edit_date && h("span", { class: "edited" }, "edited"),
      h("time", { datetime: new Date(this.lead.date * 1000).toISOString() }, timeOf(this.lead.date)), icon("check2", "sent"));
    if (this.lead.invoice) return renderInvoice(this.lead, meta);
    return h("div", { class: "words", dir: "auto" }, richText(words, entities ?? captionEntities, this.on), meta);
  }

  _keyboard() {
    return this.keyboards.render(this.messages[0]);
  }
}

/** The new picture lies over the old one until it has loaded, so that an edited card never blinks. */
function swap(old, fresh) {
  const loading = fresh.querySelector("img, video");
  old.replaceWith(fresh);
  if (!loading) return;
  const ghost = old.firstElementChild;
  ghost.classList.add("ghost");
  ghost.inert = true;
  fresh.append(ghost);
  const settle = () => ghost.remove();
  for (const event of ["load", "loadeddata", "error"]) loading.addEventListener(event, settle, { once: true });
  setTimeout(settle, SWAP_TIME);
}

function originName(origin) {
  return origin.sender_user ? fullName(origin.sender_user) : (origin.sender_user_name ?? origin.chat?.title ?? "somebody");
}

function quote(message, jump) {
  const media = mediaOf(message);
  const thumb = message.thumb_url ?? (media?.kind === "photo" ? message.media_url : null);
  return h("button", { type: "button", class: "quote", onclick: jump, "aria-label": `Reply to: ${summary(message)}` },
    thumb && h("img", { src: thumb, alt: "" }),
    h("span", { class: "quote-words" }, h("bdi", { class: "quote-name" }, fullName(message.from)),
      h("span", { class: "quote-text", dir: "auto" }, summary(message))));
}
