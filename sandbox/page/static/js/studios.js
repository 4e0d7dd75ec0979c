// Who makes the clips: the switch between studios, and how fast and how well each vendor works.

import { api } from "./api.js";
import { h } from "./dom.js";
import { attempt, toast } from "./notices.js";

const LOOK_AGAIN = 700; // milliseconds, while the bot restarts

const WORDS = {
  local: ["This machine", "renders in the worker; nothing to set"],
  runway: ["Runway", "asked every 5 s until it is done"],
  runpod: ["RunPod", "our worker; calls back when it is done"],
  modal: ["Modal", "our worker; asked every 3 s"],
};

const SPEEDS = [["1 s", 0.2, 1], ["1 min", 5, 60], ["10 min", 60, 600]];

// A vendor that is closed is no fault that is ordered but a setting: [kind, title, what happens, parameters].
const FAULTS = [
  ["no_credit", "Out of credit", "work is refused until paid up", {}],
  ["drop_after", "Cut after", "work is accepted, the answer is lost", { call: "submit" }],
  ["rate_limit", "Too busy", "429, come back in 5 s", { call: "submit" }],
  ["moderate", "Refuses", "the prompt is against its rules", {}],
  ["fail", "Breaks down", "work fails in the middle", {}],
  ["never_finish", "Never ready", "work runs for ever", {}],
  ["truncated", "Broken clips", "half of the pictures are missing", {}],
];
const LOST_CALLS = ["lose_webhook", "Does not call", "nobody is told that work is done", {}];

export class Studios {
  #timer = null;
  #rows = new Map();
  element = h("div", { class: "studios" });

  /** True once everything is there. */
  async load() {
    const [studio, vendors, standing] = await Promise.all([api.studio(), api.vendors(), api.vendorFaults()]);
    const names = studio.studios.length ? studio.studios : Object.keys(WORDS).filter((name) => name !== "local");
    const known = Object.fromEntries(vendors.map((one) => [one.name, one]));
    const about = studio.studios.length
      ? "Who makes the clips. The bot starts anew with the one you choose; your chats go on."
      : "Nobody launched a bot that could be switched, but the vendors can be set.";
    this.element.append(h("p", { class: "note" }, about), ...names.map((name) => this.#row(name, known[name], standing)));
    this.#show(studio);
    return true;
  }

  stop() {
    clearTimeout(this.#timer);
  }

  #row(name, vendor, standing) {
    const [title, about] = WORDS[name] ?? [name, ""];
    const choice = h("input", { type: "radio", name: "studio", value: name, onchange: () => attempt(() => this.#choose(name)) });
    const state = h("small", {}, about);
    this.#rows.set(name, { choice, state, about });
    const label = h("label", { class: "switch studio" }, choice, h("span", {}, h("strong", {}, title), state));
    return h("div", { class: "studio-row" }, label, vendor && workbench(vendor, standing));
  }

  async #choose(name) {
    this.#show(await api.chooseStudio(name));
  }

  #show({ studios, active, chosen }) {
    clearTimeout(this.#timer);
    for (const [name, { choice, state, about }] of this.#rows) {
      choice.disabled = !studios.length;
      choice.checked = name === chosen;
      state.textContent = name === chosen && name !== active ? "the bot starts anew …" : about;
    }
    this.element.toggleAttribute("aria-busy", chosen !== active);
    if (chosen !== active) this.#timer = setTimeout(() => attempt(() => this.#look()), LOOK_AGAIN);
  }

  async #look() {
    const studio = await api.studio();
    if (studio.active === studio.chosen) toast(`${(WORDS[studio.active] ?? [studio.active])[0]} makes the clips now`);
    this.#show(studio);
  }
}

/** One vendor's speed and faults, folded away. */
function workbench(vendor, standing) {
  const mine = standing.filter((one) => one.vendor === vendor.name);
  const faults = vendor.name === "runpod" ? [...FAULTS, LOST_CALLS] : FAULTS;
  const count = h("small", {});
  const tell = (change) => {
    const now = Number(count.dataset.count ?? 0) + change;
    count.dataset.count = now;
    count.textContent = now ? `${now} ${now === 1 ? "fault" : "faults"}` : "";
  };
  tell(mine.length + (vendor.up ? 0 : 1));
  return h("details", { class: "workbench" },
    h("summary", {}, "Speed and faults", count),
    speeds(vendor),
    toggle(["closed", "Closed", "503 to everything"], !vendor.up, (on) => api.changeVendor(vendor.name, { up: !on }), tell),
    faults.map((fault) => toggle(fault, mine.some((one) => one.kind === fault[0]), (on) => setFault(vendor.name, fault, on), tell)));
}

function speeds(vendor) {
  const options = SPEEDS.map(([title, queue_seconds, render_seconds]) => {
    const pick = () => attempt(() => api.changeVendor(vendor.name, { queue_seconds, render_seconds }));
    const input = h("input", { type: "radio", name: `speed-${vendor.name}`, checked: vendor.render_seconds === render_seconds, onchange: pick });
    return h("label", {}, input, h("span", {}, title));
  });
  return h("fieldset", { class: "segmented" }, h("legend", { class: "hidden-label" }, "Speed"), options);
}

function toggle([kind, title, about], checked, set, tell) {
  const input = h("input", { type: "checkbox", role: "switch", name: kind, checked });
  input.addEventListener("change", () => attempt(async () => {
    await set(input.checked);
    tell(input.checked ? 1 : -1);
  }));
  return h("label", { class: "switch" }, h("span", {}, h("strong", {}, title), h("small", {}, about)), input);
}

async function setFault(vendor, [kind, , , parameters], on) {
  if (on) return api.addVendorFault({ kind, vendor, ...parameters });
  const standing = await api.vendorFaults();
  const mine = standing.filter((one) => one.kind === kind && one.vendor === vendor);
  return Promise.all(mine.map((one) => api.removeVendorFault(one.id)));
}
