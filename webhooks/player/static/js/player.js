// Plays a film from two slots: while a clip runs in one, the next waits in the other, begun a moment before it is seen.

import { Gone, nameOf, Trouble } from "./film.js";
import { Slot } from "./slot.js";

const SLIVER = 0.008; // seconds before its end at which a clip gives way: half of what a screen shows at once
const LEAD = { first: 0.04, least: 0.01, most: 0.3 }; // seconds from asking a video to play to its moving
const BACK_TO_START = 2; // seconds into a clip after which "previous" means its beginning
const TRIES = 3; // how often in a row something may be asked for anew before we give up

export class Player {
  film = null;
  index = 0;
  state = "loading"; // loading, ready, playing, paused, ended, over
  isStalled = false;
  #lead = LEAD.first;
  #begun = false; // the next clip runs already, unseen
  #turn = 0; // counts what was asked, so that what is late can tell
  #failures = 0;
  #leaving = 0;
  #frame = 0;

  /** on: change(), beat() with each picture, film(), refused() for a browser that wants a hand first, notice("gone" | "trouble" | "empty"). */
  constructor({ source, elements, curtain, music, on }) {
    Object.assign(this, { source, curtain, music, on });
    const hears = {
      broken: (slot) => this.#mend(slot),
      waiting: (slot) => slot === this.front && this.#stall(true),
      playing: (slot) => this.#moves(slot),
      over: (slot) => slot === this.front && this.step(),
      began: (seconds) => {
        this.#lead = Math.min(LEAD.most, Math.max(LEAD.least, this.#lead * 0.6 + seconds * 0.4));
      },
    };
    [this.front, this.back] = elements.map((element) => new Slot(element, hears));
  }

  get time() {
    return this.film ? this.film.start(this.index) + Math.min(this.front.time, this.#clip.seconds) : 0;
  }

  get isPlaying() {
    return this.state === "playing";
  }

  get #clip() {
    return this.film.clips[this.index];
  }

  /** Asks what to play, and puts its beginning on the screen. */
  async open() {
    const film = await this.#ask();
    if (!film) return;
    this.#adopt(film);
    this.front.element.classList.add("front");
    this.front.prepare(0, this.#clip);
    this.music.open(film.music, film.seconds);
    this.#set("ready");
    await this.front.ready();
    this.#preload();
  }

  /** `byHand`: in answer to a tap or a key, which is when browsers let anything play. */
  async play({ byHand = true } = {}) {
    if (!this.film?.count || this.isPlaying) return;
    if (this.state === "ended") this.#show(0);
    this.#set("playing");
    const turn = ++this.#turn;
    cancelAnimationFrame(this.#frame);
    this.#beat();
    try {
      const begun = [this.front.play(), this.music.play(this.time)];
      if (this.#begun) begun.push(this.back.play());
      else if (byHand && this.needsHand) this.back.unlock();
      await Promise.all(begun);
    } catch (error) {
      if (error.name !== "NotAllowedError") return; // a broken clip is mended where it is heard of
      if (turn === this.#turn) this.pause();
      this.needsHand = true;
      this.on.refused();
    }
  }

  pause() {
    if (!this.isPlaying) return;
    this.#turn += 1;
    this.front.pause();
    this.back.pause();
    this.#set("paused");
    this.music.follow(this.time, false);
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  next() {
    if (this.film && this.index < this.film.count - 1) this.go(this.index + 1);
  }

  previous() {
    if (this.film) this.go(this.front.time > BACK_TO_START ? this.index : Math.max(0, this.index - 1));
  }

  seek(time) {
    if (this.film?.count) this.go(...this.film.at(Math.max(0, Math.min(time, this.film.seconds - 0.05))));
  }

  /** To a place in a clip, and on from there if it plays. */
  async go(index, seconds = 0) {
    const turn = ++this.#turn;
    if (this.state === "ended") this.#set("paused");
    this.#settle();
    if (index === this.index) {
      this.front.seek(seconds);
      this.#stall(false);
      return this.on.change();
    }
    this.back.prepare(index, this.film.clips[index], seconds);
    this.#stall(true);
    await this.back.ready();
    if (turn !== this.#turn || this.back.index !== index) return undefined;
    if (this.isPlaying) this.back.play();
    return this.#show(index);
  }

  /** Looks whether it is time for the next clip. Called with each picture, and when a clip ends. */
  step() {
    if (!this.isPlaying) return;
    const left = this.front.left(this.#clip.seconds);
    const { overlap, passing, transition } = this.film;
    if (this.index === this.film.count - 1) return void (this.front.video.ended && this.#finish());
    if (transition === "fade" && left <= passing / 2) this.curtain.classList.add("drawn");
    if (this.back.index !== this.index + 1 || !this.back.isReady) return void (this.front.video.ended && this.#stall(true));
    if (!this.#begun && left <= overlap + this.#lead) {
      this.#begun = true;
      this.back.play().catch(() => this.pause());
    }
    if (this.#begun && left <= overlap + SLIVER) this.#show(this.index + 1);
  }

  #beat() {
    if (!this.isPlaying) return;
    this.step();
    this.music.follow(this.time, this.isPlaying && !this.isStalled);
    this.on.beat();
    this.#frame = requestAnimationFrame(() => this.#beat());
  }

  /** What waits behind is on the screen now, and what was there makes room for the next. */
  #show(index) {
    if (index !== this.back.index && index !== this.index) this.back.prepare(index, this.film.clips[index]);
    if (index === this.index) this.front.seek(0);
    else [this.front, this.back] = [this.back, this.front];
    this.index = index;
    this.#begun = false;
    this.#stall(!this.front.isReady);
    this.back.element.className = "slot leaving";
    this.front.element.className = "slot front";
    this.curtain.classList.remove("drawn");
    clearTimeout(this.#leaving);
    // Where one clip dissolves into the other, the old one runs on beneath until it cannot be seen any more.
    this.#leaving = setTimeout(() => this.#preload(), this.film.overlap * 1000);
    this.on.change();
  }

  /** Whatever was going on between two clips is over at once. */
  #settle() {
    clearTimeout(this.#leaving);
    if (this.#begun) this.back.pause();
    this.#begun = false;
    this.curtain.classList.remove("drawn");
    this.back.element.className = "slot";
  }

  async #preload() {
    this.back.pause();
    this.back.element.className = "slot";
    if (this.source.isStale) {
      const film = await this.#ask();
      if (!film) return;
      this.#adopt(film);
    }
    // Another clip may have been asked for meanwhile: then that one is there.
    const next = (this.index + 1) % this.film.count; // after the last the first, for who wants to see it again
    if (next !== this.index && !this.#begun) this.back.prepare(next, this.film.clips[next]);
  }

  #finish() {
    this.#set("ended");
    this.music.follow(this.time, false);
    this.on.change();
  }

  #moves(slot) {
    if (slot !== this.front) return;
    this.#failures = 0;
    this.#clip.seconds = slot.video.duration; // what the file says is what the clock goes by
    this.#stall(false);
  }

  #stall(value) {
    if (this.isStalled === value) return;
    this.isStalled = value;
    this.on.change();
  }

  /** A clip cannot be loaded: most often its link has ended. It goes on with a new one where it stopped. */
  async #mend(slot) {
    const { index, time } = slot;
    if (slot === this.front) this.#stall(true);
    if ((this.#failures += 1) > TRIES) return slot === this.front && this.#give("trouble");
    const film = await this.#ask();
    if (!film || slot.index !== index) return undefined;
    this.#adopt(film);
    if (!this.film.clips[slot.index]) return undefined;
    slot.prepare(slot.index, this.film.clips[slot.index], time);
    await slot.ready();
    if (slot === this.front && this.isPlaying) return slot.play().catch(() => this.pause());
    return slot === this.front && this.#stall(false);
  }

  async mendMusic() {
    const film = await this.#ask();
    if (!film) return;
    this.#adopt(film);
    this.music.open(film.music, film.seconds, { fresh: true });
  }

  async #ask() {
    try {
      return await this.source.load();
    } catch (error) {
      if (error instanceof Gone) this.#give("gone");
      else if (!(error instanceof Trouble)) throw error;
      else if (!this.front.isReady) this.#give("trouble");
      return null;
    }
  }

  /** Takes over new links, and whatever else its owner has changed meanwhile. */
  #adopt(film) {
    if (!film.count) return this.#give("empty");
    const before = this.film;
    if (before?.matches(film)) {
      film.clips.forEach((clip, index) => Object.assign(clip, { seconds: before.clips[index].seconds }));
    } else if (before) {
      const found = film.clips.findIndex((clip) => nameOf(clip.url) === nameOf(this.#clip.url));
      this.index = this.front.index = found >= 0 ? found : Math.min(Math.max(0, this.index - 1), film.count - 1);
      this.back.clear();
    }
    this.film = film;
    if (before) this.music.open(film.music, film.seconds);
    return this.on.film();
  }

  #give(why) {
    this.pause();
    this.#set("over");
    this.on.notice(why);
  }

  #set(state) {
    this.state = state;
    this.on.change();
  }
}
