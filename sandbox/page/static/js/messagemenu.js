// What can be done with one message: by right click, by a long press, or by the key for it.

import { h, icon } from "./dom.js";
import { copyText } from "./keyboard.js";
import { mediaOf } from "./media.js";

const isService = (message) => Boolean(message.successful_payment ?? message.refunded_payment);
const LONG_PRESS = 450; // milliseconds

function actions(message, personId, on) {
  const media = mediaOf(message);
  const words = message.text ?? message.caption;
  return [
    ["reply", "Reply", () => on.reply(message)],
    !isService(message) && ["forward", "Forward", () => on.forward(message)],
    words && ["copy", "Copy text", () => copyText(words)],
    message.text && message.from?.id === personId && ["edit", "Edit", () => on.edit(message)],
    media?.url && ["download", "Download", () => h("a", { href: media.url, download: media.name || media.kind }).click()],
  ].filter(Boolean);
}

function open(message, { x, y }, context) {
  document.querySelector(".popup")?.remove();
  const items = actions(message, context.personId(), context.on).map(([name, label, run]) =>
    h("button", { type: "button", role: "menuitem", onclick: () => { close(); run(); } }, icon(name), label));
  const popup = h("div", { class: "popup", role: "menu", popover: "manual", "aria-label": "Message" }, items);
  const close = () => {
    popup.remove();
    removeEventListener("pointerdown", outside, true);
    removeEventListener("keydown", escape, true);
  };
  const outside = (event) => !popup.contains(event.target) && close();
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  document.body.append(popup);
  popup.showPopover();
  popup.style.left = `${Math.min(x, innerWidth - popup.offsetWidth - 8)}px`;
  popup.style.top = `${Math.min(y, innerHeight - popup.offsetHeight - 8)}px`;
  addEventListener("pointerdown", outside, true);
  addEventListener("keydown", escape, true);
  items[0].focus({ preventScroll: true });
}

/** context: find(element) → message, personId(), on.reply(message), on.forward(message), on.edit(message). */
export function listenForMenus(list, context) {
  const at = (event) => {
    const bubble = event.target.closest(".stack");
    return bubble ? context.find(event.target) : null;
  };
  list.addEventListener("contextmenu", (event) => {
    const message = at(event);
    if (!message || event.target.closest("a") || String(getSelection())) return;
    event.preventDefault();
    open(message, { x: event.clientX, y: event.clientY }, context);
  });
  list.addEventListener("dblclick", (event) => {
    if (event.target.closest("button, a, video, input, pre, .spoiler") || !at(event)) return;
    getSelection().empty();
    context.on.reply(at(event));
  });
  let timer = 0;
  const cancel = () => clearTimeout(timer);
  list.addEventListener("touchstart", (event) => {
    const message = at(event);
    const { clientX: x, clientY: y } = event.touches[0];
    cancel();
    if (message && !event.target.closest(".key")) timer = setTimeout(() => open(message, { x, y }, context), LONG_PRESS);
  }, { passive: true });
  for (const name of ["touchend", "touchmove", "touchcancel"]) list.addEventListener(name, cancel, { passive: true });
}
