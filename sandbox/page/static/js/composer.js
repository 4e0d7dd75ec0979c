// Where a person writes: the field, what it answers or edits, the buttons around it.

import { CommandMenu } from "./commands.js";
import { h, icon, iconButton } from "./dom.js";
import { fullName, summary } from "./format.js";
import { replyKeyboard } from "./replykeyboard.js";

const touch = matchMedia("(pointer: coarse)");

export class Composer {
  #context = null; // {mode: "reply" | "edit", message}
  #keyboardOpen = true;
  #drafts = new Map();

  /** on: send(text, replyTo), edit(id, text), pick(), start(), unblock(), editLast(). */
  constructor(dock, on) {
    Object.assign(this, { dock, on });
    this.field = h("textarea", { id: "composer", rows: 1, placeholder: "Message", "aria-label": "Message", dir: "auto", enterkeyhint: "send", autocomplete: "off" });
    this.commands = new CommandMenu(this.field, (command) => this.#command(command));
    this.contextBar = h("div", { class: "context", hidden: true });
    this.keys = h("div", { class: "reply-keyboard", hidden: true });
    this.sendButton = iconButton("send", "Send", () => this.#submit(), "send");
    this.keysButton = iconButton("keyboard", "Show or hide the bot's keyboard", () => this.#toggleKeys());
    this.attachButton = iconButton("clip", "Attach photos or files", () => on.pick(), "attach");
    const inputs = [this.commands.button, this.attachButton, this.field, this.keysButton];
    this.bar = h("div", { class: "composer" }, h("div", { class: "field" }, inputs), this.sendButton);
    this.big = h("button", { type: "button", class: "big-button", hidden: true });
    dock.append(this.commands.menu, h("div", { class: "dock-column" }, this.contextBar, this.bar, this.big, this.keys));
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.showKeys(null);
    this.#changed();
  }

  /** Another chat: each keeps its own unfinished words. */
  open(key, bot) {
    if (this.key) this.#drafts.set(this.key, this.field.value);
    this.key = key;
    this.clearContext();
    this.#set(this.#drafts.get(key) ?? "");
    this.commands.setCommands(bot.commands ?? []);
  }

  /** "write", "start" (nothing said yet) or "blocked". */
  setMode(mode) {
    const label = { start: "Start", blocked: "Unblock" }[mode];
    this.bar.hidden = mode === "blocked";
    this.big.hidden = !label;
    this.big.replaceChildren(label ?? "");
    this.big.className = `big-button ${mode}`;
    this.big.onclick = mode === "start" ? this.on.start : this.on.unblock;
    this.keys.hidden = mode === "blocked" || !this.keys.childElementCount || !this.#keyboardOpen;
    this.dock.dataset.mode = mode;
  }

  focus() {
    if (!touch.matches) this.field.focus({ preventScroll: true });
  }

  showKeys(markup) {
    const content = replyKeyboard(markup, (text) => {
      this.on.send(text);
      if (markup.one_time_keyboard) this.#toggleKeys(false);
    });
    this.keys.replaceChildren(...(content ? [content] : []));
    this.keysButton.hidden = !content;
    this.field.placeholder = markup?.input_field_placeholder || "Message";
    this.#toggleKeys(Boolean(content));
  }

  #toggleKeys(open = this.keys.hidden) {
    this.#keyboardOpen = open;
    this.keys.hidden = !open || !this.keys.childElementCount;
  }

  reply(message) {
    this.#setContext("reply", message, `Reply to ${fullName(message.from)}`);
  }

  edit(message) {
    this.#setContext("edit", message, "Edit message");
    this.#set(message.text);
  }

  #setContext(mode, message, title) {
    this.#context = { mode, message };
    const words = h("div", { class: "context-words" }, h("strong", { dir: "auto" }, title), h("span", { dir: "auto" }, summary(message)));
    this.contextBar.replaceChildren(icon(mode), words, iconButton("close", "Cancel", () => this.clearContext({ emptied: true })));
    this.contextBar.hidden = false;
    this.field.focus();
  }

  clearContext({ emptied = false } = {}) {
    if (this.#context?.mode === "edit" && emptied) this.#set("");
    this.#context = null;
    this.contextBar.hidden = true;
  }

  /** What was not accepted goes back into the field, unless something new is being written there. */
  giveBack(text) {
    if (!this.field.value) this.#set(text);
  }

  /** The words became a caption: empties the field, and says which message it was an answer to, if any. */
  takeText() {
    const replyTo = this.#context?.mode === "reply" ? this.#context.message.message_id : undefined;
    this.#set("");
    this.clearContext();
    return replyTo;
  }

  #set(text) {
    this.field.value = text;
    this.#changed();
  }

  #changed() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    const blank = !this.field.value.trim();
    this.bar.classList.toggle("blank", blank);
    this.sendButton.disabled = blank;
    this.commands.suggest(this.field.value);
  }

  #key(event) {
    if (this.commands.key(event) || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#context) {
      event.stopPropagation();
      this.clearContext({ emptied: true });
    } else if (event.key === "ArrowUp" && !this.field.value && !this.#context) {
      this.on.editLast();
    }
  }

  #submit() {
    const text = this.field.value.trim();
    if (!text) return;
    const context = this.#context;
    this.#set("");
    this.clearContext();
    this.focus();
    if (context?.mode === "edit") this.on.edit(context.message.message_id, text);
    else this.on.send(text, context?.message.message_id);
  }

  #command(command) {
    this.#set("");
    this.on.send(`/${command}`);
    this.focus();
  }
}
