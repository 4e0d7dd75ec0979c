// One of the two places a clip can be in: on the screen, or waiting behind it with its first frame decoded.

import { nameOf } from "./film.js";

const ENOUGH = 3; // HAVE_FUTURE_DATA: it can be played, and not only be looked at
const NEAR = 0.02; // seconds; closer than this nothing is sought

export class Slot {
  index = -1;
  #name = "";
  #wanted = 0;

  /** on: broken(slot), waiting(slot), playing(slot), over(slot), began(seconds it took). */
  constructor(element, on) {
    this.element = element;
    this.on = on;
    this.video = element.querySelector("video");
    this.backdrop = element.querySelector(".backdrop");
    this.video.addEventListener("error", () => this.#name && on.broken(this));
    this.video.addEventListener("waiting", () => on.waiting(this));
    this.video.addEventListener("playing", () => on.playing(this));
    this.video.addEventListener("ended", () => on.over(this));
    this.video.addEventListener("loadedmetadata", () => this.#wanted && this.seek(this.#wanted));
    // Remembered while it can be known: a video whose link has ended may say 0.
    this.video.addEventListener("timeupdate", () => {
      if (this.video.readyState && !this.video.seeking) this.#wanted = this.video.currentTime;
    });
  }

  /** Loads a clip, unless it is there already, and goes to a place in it. */
  prepare(index, clip, seconds = 0) {
    this.index = index;
    this.element.dataset.index = index;
    this.#wanted = seconds;
    if (this.#name !== nameOf(clip.url) || this.video.error) this.#load(clip);
    else if (Math.abs(this.video.currentTime - seconds) > NEAR) this.seek(seconds);
  }

  #load(clip) {
    this.#name = nameOf(clip.url);
    this.backdrop.src = clip.poster;
    this.video.poster = clip.poster;
    this.video.src = clip.url;
    this.video.load();
  }

  seek(seconds) {
    this.#wanted = seconds;
    this.video.currentTime = seconds;
  }

  /** Empties it, so that it asks for nothing more. */
  clear() {
    this.index = -1;
    this.#name = "";
    delete this.element.dataset.index;
    this.video.removeAttribute("src");
    this.video.load();
  }

  get isReady() {
    return this.video.readyState >= ENOUGH && !this.video.seeking && !this.video.error;
  }

  /** Resolves once it can be played, or is broken. */
  async ready() {
    while (!this.isReady && !this.video.error) {
      await new Promise((resolve) => {
        const heard = () => {
          for (const kind of ["canplay", "seeked", "error", "emptied"]) this.video.removeEventListener(kind, heard);
          resolve();
        };
        for (const kind of ["canplay", "seeked", "error", "emptied"]) this.video.addEventListener(kind, heard);
      });
    }
  }

  get time() {
    return this.video.readyState ? this.video.currentTime : this.#wanted;
  }

  /** Seconds until its end; those of the film's plan until the file itself has said. */
  left(planned) {
    const { duration } = this.video;
    return Math.max(0, (Number.isFinite(duration) ? duration : planned) - this.time);
  }

  /** Raises NotAllowedError where the browser wants to see a hand first. */
  async play() {
    const [asked, from] = [performance.now(), this.video.currentTime];
    this.video.requestVideoFrameCallback?.((now, { mediaTime }) => this.#measure(asked, from, now, mediaTime));
    try {
      await this.video.play();
    } catch (error) {
      if (error.name !== "AbortError") throw error; // paused again, or given another clip meanwhile
    }
  }

  #measure(asked, from, now, mediaTime) {
    const moved = mediaTime - from;
    if (moved > 0 && moved < 0.5) this.on.began(Math.max(0, (now - asked) / 1000 - moved));
  }

  pause() {
    this.video.pause();
  }

  /** While a hand is on the button: some browsers let an element play later only if it was begun then. */
  unlock() {
    this.video.play().catch(() => {});
    this.video.pause();
  }
}
