// What the page says by itself: toasts that go away, alerts that wait, questions.

import { ApiError } from "./api.js";
import { byId, h, icon } from "./dom.js";

const TOAST_TIME = 3200; // milliseconds, plus some for every letter
const TIME_PER_LETTER = 35;

export function toast(text, { kind = "info" } = {}) {
  if ([...byId("toasts").children].some((one) => one.textContent === text)) return;
  const element = h("div", { class: `toast ${kind}` }, h("span", { dir: "auto" }, text));
  byId("toasts").append(element);
  byId("toasts").hidePopover(); // shown anew it lies over a dialog that was opened meanwhile
  byId("toasts").showPopover();
  const leave = () => {
    element.classList.add("leaving");
    setTimeout(() => element.remove(), 220);
  };
  element.addEventListener("click", leave);
  setTimeout(leave, TOAST_TIME + text.length * TIME_PER_LETTER);
}

/** Runs what a person asked for, and says in plain words why it did not work. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    if (!(error instanceof ApiError)) throw error;
    toast(error.message, { kind: "error" });
    return undefined;
  }
}

/** A modal dialog with `children`; closes on Esc and on a click outside; resolves with the pressed value or "". */
export function dialog(properties, ...children) {
  const element = h("dialog", properties, ...children);
  document.body.append(element);
  const closed = new Promise((resolve) => {
    element.addEventListener("close", () => {
      element.remove();
      resolve(element.returnValue);
    });
  });
  element.addEventListener("pointerdown", (event) => event.target === element && element.close());
  element.showModal();
  return { element, closed };
}

export function showAlert(text, title) {
  const close = (event) => event.currentTarget.closest("dialog").close();
  const button = h("button", { type: "button", class: "button primary", onclick: close, autofocus: true }, "OK");
  const body = h("div", { class: "sheet-body" }, h("h2", {}, title), h("p", { dir: "auto", class: "alert-text" }, text));
  return dialog({ class: "sheet alert", role: "alertdialog", "aria-label": title }, body, h("div", { class: "sheet-actions" }, button));
}

export async function confirmed(question, yes) {
  const close = (value) => (event) => event.currentTarget.closest("dialog").close(value);
  const actions = h("div", { class: "sheet-actions" },
    h("button", { type: "button", class: "button quiet", onclick: close("") }, "Cancel"),
    h("button", { type: "button", class: "button danger", onclick: close("yes") }, yes));
  const body = h("div", { class: "sheet-body" }, h("p", { class: "alert-text" }, question));
  return (await dialog({ class: "sheet alert", "aria-label": yes }, body, actions).closed) === "yes";
}

export function banner(text, iconName) {
  const element = byId("banner");
  element.hidden = !text;
  element.replaceChildren(...(text ? [icon(iconName), text] : []));
}
