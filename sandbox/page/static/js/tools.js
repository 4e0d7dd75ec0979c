// The drawer for developers: faults, the Bot API's recent calls, block, reset.

import { api } from "./api.js";
import { h, iconButton } from "./dom.js";
import { CallLog } from "./calls.js";
import { attempt, confirmed, dialog, toast } from "./notices.js";
import { Studios } from "./studios.js";

const FAULTS = [
  ["latency", "Slow answers", "every call waits 2 s", { seconds: 2 }],
  ["flood", "Too many requests", "429, retry after 3 s", { retry_after: 3 }],
  ["error", "Server error", "500 with JSON", {}],
  ["html", "Broken gateway", "502 with an HTML page", {}],
  ["drop_before", "Cut before", "connection lost, nothing done", {}],
  ["drop_after", "Cut after", "done, but the answer is lost", {}],
  ["forbidden", "Forbidden", "403 as if blocked", {}],
  ["duplicate_updates", "Twice", "every update is delivered twice", {}],
  ["reorder_updates", "Out of order", "updates arrive mixed up", {}],
];

function faultSwitch([kind, title, about, parameters], standing) {
  const input = h("input", { type: "checkbox", role: "switch", name: kind, checked: standing.some((one) => one.kind === kind) });
  input.addEventListener("change", () => attempt(async () => {
    if (input.checked) await api.addFault({ kind, ...parameters });
    else await withdraw(kind);
  }));
  return h("label", { class: "switch" }, h("span", {}, h("strong", {}, title), h("small", {}, about)), input);
}

async function withdraw(kind) {
  const standing = await api.faults();
  await Promise.all(standing.filter((one) => one.kind === kind).map((one) => api.removeFault(one.id)));
}

async function resetAll(close) {
  if (!(await confirmed("Forget all people, messages and files? Bots stay registered.", "Reset"))) return;
  close();
  if (await attempt(() => api.reset())) toast("The sandbox is as new");
}

function section(title, ...children) {
  return h("section", {}, h("h3", {}, title), children);
}

function chatTools(chat, close) {
  if (!chat.session.bot) return null;
  const label = chat.blocked ? "Unblock the bot" : "Block the bot";
  const toggle = () => {
    close();
    chat.setBlocked(!chat.blocked);
  };
  return h("button", { type: "button", class: "button", onclick: toggle }, label);
}

export async function openTools(chat) {
  const standing = await attempt(() => api.faults());
  if (!standing) return;
  const log = new CallLog();
  const studios = new Studios();
  if (!(await attempt(() => studios.load()))) return;
  const close = () => element.close();
  const reset = h("button", { type: "button", class: "button danger", onclick: () => resetAll(close) }, "Reset everything");
  const { element, closed } = dialog({ class: "drawer", "aria-label": "Developer tools" },
    h("div", { class: "sheet-head" }, h("h2", {}, "Developer tools"), iconButton("close", "Close", close)),
    h("div", { class: "drawer-body" },
      section("This chat", h("div", { class: "button-row" }, chatTools(chat, close), reset)),
      section("Studios", studios.element),
      section("Faults", h("p", { class: "note" }, "What the bot meets when it calls Telegram, until switched off."),
        FAULTS.map((one) => faultSwitch(one, standing))),
      section("Bot API calls", log.element)));
  log.start();
  await closed;
  studios.stop();
  log.stop();
}
