// The conversation as the page shows it: messages in order, in groups, with days between them.

import { Row } from "./bubble.js";
import { arrange, calm, h } from "./dom.js";
import { dayKey, dayOf } from "./format.js";
import { ServiceRow, isService } from "./servicerow.js";

const NEAR_BOTTOM = 90; // CSS pixels within which the page follows what is new
const GROUP_GAP = 600; // seconds of silence after which the same sender starts a new group

export class Timeline {
  #messages = new Map();
  #rows = new Map();
  #days = new Map();
  #stuck = true;

  /** onScroll(atBottom) whenever that changes; `on` and `keyboards` go to the rows. */
  constructor({ scroller, list, on, keyboards, onScroll }) {
    Object.assign(this, { scroller, list, on, keyboards, onScroll });
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    scroller.addEventListener("scrollend", () => scroller.classList.remove("moving"));
    const follow = new ResizeObserver(() => this.#stuck && this.#jumpDown());
    follow.observe(scroller);
    follow.observe(scroller.firstElementChild);
  }

  get size() {
    return this.#messages.size;
  }

  get messages() {
    return [...this.#messages.values()].sort((a, b) => a.message_id - b.message_id);
  }

  get atBottom() {
    return this.#stuck;
  }

  message(id) {
    return this.#messages.get(id);
  }

  /** Shows another chat from its end. */
  open(messages, personId) {
    this.personId = personId;
    this.#rows.clear();
    this.list.replaceChildren();
    this.list.classList.add("settled"); // what was there before does not fly in
    this.sync(messages);
    this.toBottom({ smooth: false });
    requestAnimationFrame(() => this.list.classList.remove("settled"));
  }

  /** Makes the page agree with the whole chat, keeping every element that is still right. */
  sync(messages) {
    this.#messages = new Map(messages.map((one) => [one.message_id, one]));
    this.#render();
  }

  upsert(...messages) {
    for (const one of messages) this.#messages.set(one.message_id, one);
    this.#render();
  }

  remove(id) {
    if (this.#messages.delete(id)) this.#render();
  }

  #render() {
    const groups = grouped(this.messages);
    const wanted = [];
    const rows = new Map();
    const days = new Map();
    groups.forEach((messages, index) => {
      const day = dayKey(messages[0].date);
      if (!days.has(day)) {
        days.set(day, this.#days.get(day) ?? daySeparator(messages[0].date));
        wanted.push(days.get(day));
      }
      const key = messages[0].media_group_id ?? messages[0].message_id;
      const row = this.#rows.get(key) ?? (isService(messages[0]) ? new ServiceRow() : new Row(this.on, this.keyboards));
      rows.set(key, row);
      row.update(messages, this.#place(groups, index));
      wanted.push(row.element);
    });
    this.#rows = rows;
    this.#days = days;
    arrange(this.list, wanted);
  }

  #place(groups, index) {
    const [before, here, after] = [groups[index - 1], groups[index], groups[index + 1]].map((one) => one?.[0]);
    const mine = here.from?.id === this.personId;
    return { mine, first: !together(before, here), last: !together(here, after) };
  }

  #scrolled() {
    this.scroller.classList.add("moving");
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    const stuck = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    if (stuck === this.#stuck) return;
    this.#stuck = stuck;
    this.onScroll(stuck);
  }

  #jumpDown() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  toBottom({ smooth = true } = {}) {
    this.#stuck = true;
    this.onScroll(true);
    if (!smooth || calm.matches) this.#jumpDown();
    else this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: "smooth" });
  }

  /** Scrolls to a quoted message and lights it up for a moment; false when it is no longer there. */
  jump(id) {
    const message = this.#messages.get(id);
    const row = message && this.#rows.get(message.media_group_id ?? id);
    if (!row) return false;
    row.element.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
    row.element.classList.remove("lit");
    requestAnimationFrame(() => row.element.classList.add("lit"));
    row.element.addEventListener("animationend", () => row.element.classList.remove("lit"), { once: true });
    return true;
  }
}

function daySeparator(date) {
  return h("li", { class: "day", role: "separator" }, h("span", {}, dayOf(date)));
}

function grouped(messages) {
  const groups = [];
  for (const one of messages) {
    const last = groups.at(-1);
    if (one.media_group_id && last?.[0].media_group_id === one.media_group_id) last.push(one);
    else groups.push([one]);
  }
  return groups;
}

function together(a, b) {
  if (!a || !b || isService(a) || isService(b)) return false;
  return a.from?.id === b.from?.id && b.date - a.date < GROUP_GAP && dayKey(a.date) === dayKey(b.date);
}
