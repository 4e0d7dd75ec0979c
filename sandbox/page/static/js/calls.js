// The newest Bot API calls, as they come in while the drawer is open.

import { api } from "./api.js";
import { arrange, h } from "./dom.js";

const EVERY = 1500; // milliseconds
const MOST = 60;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function entry({ at, method, params, ok, error }) {
  const time = h("time", {}, clock.format(typeof at === "number" ? at * 1000 : new Date(at)));
  const verdict = h("span", { class: ok ? "ok" : "failed" }, ok ? "ok" : "failed");
  const details = h("pre", {}, error && h("strong", {}, `${error}\n`), JSON.stringify(params, null, 2));
  return h("details", { class: "call" }, h("summary", {}, time, h("code", {}, method), verdict), details);
}

export class CallLog {
  #last = 0;
  #entries = [];
  #timer = 0;

  constructor() {
    this.element = h("div", { class: "calls" }, h("p", { class: "note" }, "No calls yet."));
  }

  start() {
    this.#load();
    this.#timer = setInterval(() => this.#load(), EVERY);
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #load() {
    const calls = await api.calls(this.#last).catch((error) => {
      if (error.name !== "ApiError") throw error;
      return []; // the banner already says that the sandbox is away
    });
    if (!calls.length) return;
    this.#last = calls.at(-1).n;
    const fresh = calls.filter((one) => one.method.toLowerCase() !== "getupdates").map(entry).reverse();
    this.#entries = [...fresh, ...this.#entries].slice(0, MOST);
    if (this.#entries.length) arrange(this.element, this.#entries);
  }
}
