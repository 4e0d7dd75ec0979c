// The bot's commands: behind the Menu button, and offered while a person types "/".

import { h, icon } from "./dom.js";

export class CommandMenu {
  #commands = [];
  #shown = [];
  #active = 0;

  /** choose(command) when one was picked, without its slash. */
  constructor(field, choose) {
    Object.assign(this, { field, choose });
    this.menu = h("div", { class: "command-menu", role: "listbox", id: "commands", "aria-label": "Commands", hidden: true });
    const properties = { type: "button", class: "menu-button", "aria-label": "Menu of commands", hidden: true, "aria-expanded": "false", "aria-controls": "commands" };
    this.button = h("button", { ...properties, onclick: () => this.#toggle() }, icon("menu"), h("span", {}, "Menu"));
    document.addEventListener("pointerdown", (event) => this.#outside(event));
  }

  setCommands(commands) {
    // The same list again (after a reconnection, say) must not close the menu somebody is reading.
    if (JSON.stringify(commands) === JSON.stringify(this.#commands)) return;
    this.#commands = commands;
    this.button.hidden = !commands.length;
    this.#close();
  }

  /** "/" and what begins like a command narrows the list; anything else closes it. */
  suggest(text) {
    const typed = /^\/(\w*)$/.exec(text)?.[1];
    const matching = typed === undefined ? [] : this.#commands.filter((one) => one.command.startsWith(typed.toLowerCase()));
    if (matching.length) this.#open(matching);
    else this.#close();
  }

  /** True when the key was meant for the open list. */
  key(event) {
    if (this.menu.hidden) return false;
    const run = {
      ArrowDown: () => this.#move(1),
      ArrowUp: () => this.#move(-1),
      Enter: () => this.#pick(this.#shown[this.#active].command),
      Tab: () => this.#complete(),
      Escape: () => this.#close(),
    }[event.key];
    if (!run || event.shiftKey) return false;
    event.preventDefault();
    event.stopPropagation();
    run();
    return true;
  }

  #toggle() {
    if (this.menu.hidden) this.#open(this.#commands);
    else this.#close();
    this.field.focus({ preventScroll: true });
  }

  #outside(event) {
    if (!this.menu.contains(event.target) && !this.button.contains(event.target)) this.#close();
  }

  #open(commands) {
    this.#shown = commands;
    this.#active = 0;
    this.menu.replaceChildren(...commands.map((one, index) => this.#item(one, index)));
    this.menu.hidden = false;
    this.#mark();
  }

  #item({ command, description }, index) {
    const onclick = () => this.#pick(command);
    const words = [h("strong", {}, `/${command}`), h("span", { dir: "auto" }, description)];
    return h("div", { class: "command", role: "option", id: `command-${index}`, onclick }, words);
  }

  #mark() {
    [...this.menu.children].forEach((item, index) => item.setAttribute("aria-selected", index === this.#active));
    this.menu.children[this.#active]?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", `command-${this.#active}`);
    this.button.setAttribute("aria-expanded", "true");
  }

  #move(step) {
    this.#active = (this.#active + step + this.#shown.length) % this.#shown.length;
    this.#mark();
  }

  #complete() {
    this.field.value = `/${this.#shown[this.#active].command} `;
    this.#close();
  }

  #pick(command) {
    this.#close();
    this.choose(command);
  }

  #close() {
    this.menu.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}
