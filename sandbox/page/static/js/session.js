// Who is at the keyboard, and which bot they talk to; remembered between visits.

import { api } from "./api.js";

const LANGUAGES = ["en", "es", "ru"];

export const LANGUAGE_NAMES = { en: "English", es: "Español", ru: "Русский" };

const browserLanguage = () => LANGUAGES.find((one) => navigator.language.startsWith(one)) ?? "en";

export class Session {
  people = [];
  bots = [];
  person = null;
  bot = null;

  /** onChange() after anything here changed; onSwitch() when another person or bot was chosen. */
  constructor({ onChange, onSwitch }) {
    Object.assign(this, { onChange, onSwitch });
  }

  /** Loads people and bots; somebody who comes for the first time becomes Alex and can write at once. */
  async load() {
    this.people = await api.people();
    if (!this.people.length) {
      this.people = [await api.addPerson({ first_name: "Alex", language_code: browserLanguage() })];
    }
    const known = (list, key) => list.find((one) => String(one.id) === localStorage.getItem(key));
    this.person = known(this.people, "echoes.person") ?? this.people[0];
    await this.#loadBots();
    this.bot = known(this.bots, "echoes.bot") ?? this.bots[0] ?? null;
    this.#remember();
    this.onChange();
  }

  async #loadBots() {
    this.bots = await api.bots(this.person.language_code ?? "en", this.person.id);
  }

  /** Names, commands and descriptions may have changed, or been translated for another person. */
  async refreshBots() {
    await this.#loadBots();
    this.bot = this.bots.find((one) => one.id === this.bot?.id) ?? this.bots[0] ?? null;
    this.onChange();
  }

  async choosePerson(id) {
    if (this.person.id === id) return;
    this.person = this.people.find((one) => one.id === id);
    this.#remember();
    await Promise.all([this.refreshBots(), this.onSwitch()]);
  }

  async chooseBot(id) {
    this.bot = this.bots.find((one) => one.id === id);
    this.#remember();
    this.onChange();
    await this.onSwitch();
  }

  /** Somebody new, who the person at the keyboard becomes unless told otherwise. */
  async addPerson(fields, { become = true } = {}) {
    const person = await api.addPerson(fields);
    this.people.push(person);
    if (become) await this.choosePerson(person.id);
    else this.onChange();
    return person;
  }

  setStars(id, stars) {
    const person = this.people.find((one) => one.id === id);
    if (person) person.stars = stars;
  }

  async changePerson(id, fields) {
    const changed = await api.changePerson(id, fields);
    this.people = this.people.map((one) => (one.id === id ? changed : one));
    this.person = this.people.find((one) => one.id === this.person.id);
    await this.refreshBots();
  }

  async removePerson(id) {
    await api.removePerson(id);
    this.people = this.people.filter((one) => one.id !== id);
    if (this.person.id !== id) return this.onChange();
    await this.load();
    return this.onSwitch();
  }

  botNamed(username) {
    const wanted = username.toLowerCase();
    return this.bots.find((one) => one.username.toLowerCase() === wanted);
  }

  #remember() {
    localStorage.setItem("echoes.person", this.person.id);
    if (this.bot) localStorage.setItem("echoes.bot", this.bot.id);
  }
}
