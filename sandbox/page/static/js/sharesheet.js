// Sending something to somebody: first what (a bot's inline results), then to whom.

import { api } from "./api.js";
import { h, icon, iconButton } from "./dom.js";
import { fullName } from "./format.js";
import { avatar } from "./header.js";
import { attempt, dialog, toast } from "./notices.js";
import { askAboutPerson } from "./persondialog.js";

const PAUSE = 350; // milliseconds without a key press before the bot is asked again

function personButton(person, about, onclick) {
  return h("button", { type: "button", class: "pick", onclick }, avatar(person),
    h("span", { class: "pick-words" }, h("bdi", { class: "pick-title" }, fullName(person)), h("span", { class: "pick-about" }, about)));
}

/** Asks whom to send to; resolves with a person, or null. */
export async function choosePerson(session, title) {
  const { bot, person } = session;
  const pick = (id) => () => element.close(String(id));
  const others = session.people.filter((one) => one.id !== person.id);
  const { element, closed } = dialog({ class: "sheet share-sheet", "aria-label": title },
    h("div", { class: "sheet-head" }, h("h2", {}, title), iconButton("close", "Close", () => element.close())),
    h("div", { class: "picks", role: "group", "aria-label": "People" },
      others.map((one) => personButton(one, "appears in their chat", pick(one.id))),
      h("button", { type: "button", class: "pick", onclick: pick("new") }, h("span", { class: "avatar plus" }, icon("plus")),
        h("span", { class: "pick-words" }, h("span", { class: "pick-title" }, "Somebody new"), h("span", { class: "pick-about" }, "a friend who has never been here"))),
      personButton({ ...bot, id: bot.id }, "this chat: the bot will hear it", pick(person.id))));
  const chosen = await closed;
  if (chosen !== "new") return session.people.find((one) => String(one.id) === chosen) ?? null;
  const fields = await askAboutPerson(null);
  return fields ? ((await attempt(() => session.addPerson(fields, { become: false }))) ?? null) : null;
}

/** Sends with `send(personId)` to whom the person chooses. */
export async function sendToSomebody(session, title, send) {
  const to = await choosePerson(session, title);
  if (!to || !(await attempt(() => send(to.id)))) return;
  if (to.id !== session.person.id) toast(`Sent to ${to.first_name}. Become ${to.first_name} to see it.`);
}

class ResultSheet {
  #asked = 0;

  /** on.start(parameter) for the button a bot may put above its results. */
  constructor({ session, query, here, on }) {
    Object.assign(this, { session, here, on });
    this.field = h("input", { type: "text", class: "query", value: query, maxlength: 256, placeholder: "Search", "aria-label": `Ask ${session.bot.name}`, dir: "auto", autocomplete: "off" });
    this.list = h("div", { class: "picks", role: "group", "aria-label": "Results", "aria-live": "polite" });
    let timer = 0;
    this.field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.ask(), PAUSE);
    });
  }

  open() {
    const { element, closed } = dialog({ class: "sheet share-sheet results", "aria-label": "Results" },
      h("div", { class: "sheet-head" }, h("h2", { dir: "auto" }, `@${this.session.bot.username}`), iconButton("close", "Close", () => element.close())),
      h("div", { class: "query-row" }, icon("search"), this.field), this.list);
    this.element = element;
    this.ask();
    return closed;
  }

  async ask(offset = "") {
    const turn = ++this.#asked;
    if (!offset) this.list.replaceChildren(...[0, 1, 2].map(() => h("div", { class: "pick waiting", "aria-hidden": "true" }, h("i"), h("b"))));
    const { bot, person } = this.session;
    const question = { query: this.field.value, offset, chat_type: this.here ? "sender" : "private" };
    const answer = await api.inline(bot.id, person.id, question).catch((error) => {
      if (error.name !== "ApiError") throw error;
      return { failed: error.message, results: [] };
    });
    if (turn === this.#asked) this.#show(answer, offset);
  }

  #show(answer, offset) {
    this.list.querySelector(".more")?.remove();
    const rows = answer.results.map((one) => this.#row(one, answer.query_id));
    const top = answer.button?.start_parameter && !offset && h("button", { type: "button", class: "button quiet", onclick: () => this.#start(answer.button) }, answer.button.text);
    const more = answer.next_offset && h("button", { type: "button", class: "button quiet more", onclick: () => this.ask(answer.next_offset) }, "More");
    const none = !rows.length && !offset && h("p", { class: "nothing" }, answer.failed ? `${answer.failed}.` : "Nothing found");
    if (!offset) this.list.replaceChildren();
    this.list.append(...[top, none, ...rows, more].filter(Boolean));
  }

  #row(result, queryId) {
    const mark = result.thumb_url ? h("img", { src: result.thumb_url, alt: "" }) : h("span", { class: "pick-letter" }, icon(result.type === "article" ? "file" : "play"));
    const title = result.title || { photo: "Photo", video: "Video", gif: "GIF", mpeg4_gif: "GIF" }[result.type] || "Message";
    const onclick = () => {
      this.chosen = { query_id: queryId, result_id: result.id };
      this.element.close("chosen");
    };
    return h("button", { type: "button", class: "pick", onclick }, h("span", { class: "pick-mark" }, mark),
      h("span", { class: "pick-words" }, h("span", { class: "pick-title", dir: "auto" }, title), h("span", { class: "pick-about", dir: "auto" }, result.description ?? "")));
  }

  #start({ start_parameter: parameter }) {
    this.element.close();
    this.on.start(parameter);
  }
}

/** Shows what the bot offers for `query`, and sends what is chosen: to this chat if `here`, else to somebody. */
export async function shareInline({ session, query, here, on }) {
  const { bot, person } = session;
  const sheet = new ResultSheet({ session, query, here, on });
  if ((await sheet.open()) !== "chosen") return;
  const send = (to) => api.sendResult(bot.id, person.id, { ...sheet.chosen, to });
  if (here) await attempt(() => send(person.id));
  else await sendToSomebody(session, "Send to", send);
}
