// What is played: its clips on one line of time, and how to ask for it again before its links end.

const WORTH = 0.75; // of a link's life; whatever is loaded later is asked for anew first

/** There is no such film for this viewer. */
export class Gone extends Error {}
/** The film could not be asked for just now. */
export class Trouble extends Error {}

/** What names a clip whichever link leads to it. */
export const nameOf = (url) => url.split("?")[0];

export class Film {
  /** `facts`: as the server tells them. `calm`: nothing moves on the screen but the clips. */
  constructor(facts, { calm }) {
    Object.assign(this, { title: facts.title, clips: facts.clips, music: facts.music });
    this.transition = calm ? "cut" : facts.transition;
    this.passing = this.transition === "cut" ? 0 : facts.transition_s;
    this.overlap = this.transition === "cross" ? this.passing : 0;
  }

  get count() {
    return this.clips.length;
  }

  get seconds() {
    return this.count ? this.start(this.count - 1) + this.clips.at(-1).seconds : 0;
  }

  /** When a clip begins. */
  start(index) {
    return this.clips.slice(0, index).reduce((sum, clip) => sum + clip.seconds - this.overlap, 0);
  }

  /** [clip, seconds into it] of a moment. */
  at(time) {
    let index = 0;
    while (index < this.count - 1 && time >= this.start(index + 1)) index += 1;
    return [index, Math.max(0, time - this.start(index))];
  }

  /** Whether it is the same clips in the same order. */
  matches(other) {
    return this.count === other.count && this.clips.every((clip, index) => nameOf(clip.url) === nameOf(other.clips[index].url));
  }
}

export class Source {
  #pass = null;
  #asking = null;
  #until = 0;

  /** `initData`: what Telegram says of the viewer; without it the address alone must do. */
  constructor(address, { initData, calm }) {
    Object.assign(this, { address, initData, calm });
  }

  get isStale() {
    return Date.now() >= this.#until;
  }

  /** The film with new links. Raises Gone, Trouble. */
  load() {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #ask() {
    const asked = Date.now();
    const facts = await this.#answer();
    this.#pass = facts.pass ?? null;
    this.#until = asked + facts.expires_in * WORTH * 1000;
    return new Film(facts, { calm: this.calm });
  }

  async #answer() {
    let response;
    try {
      response = await fetch(this.address, this.#request());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new Trouble("unreachable");
    }
    if (response.status === 404) throw new Gone("404");
    if (!response.ok) throw new Trouble(String(response.status));
    return response.json();
  }

  #request() {
    if (this.initData === undefined) return { credentials: "omit" };
    const said = this.#pass ? { pass: this.#pass } : { init_data: this.initData };
    return { method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) };
  }
}
