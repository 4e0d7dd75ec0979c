// The music: it follows the film's clock, which is the clips'. Small distances are made up by playing a little faster
// or slower, large ones by a jump.

const JUMP = 0.15; // seconds of distance from which on it jumps
const NOTICED = 0.025; // seconds of distance from which on it hurries or waits
const CLOSE = 0.008; // seconds of distance at which it is in step again
const HASTE = 0.06; // how much faster or slower, at most: more can be heard
const EAGERNESS = 4; // how much faster or slower for each second of distance: at full haste until the last 15 ms
const REST = 600; // milliseconds after a jump before the next
const TRIES = 2;

export class Music {
  #track = null;
  #seconds = 0;
  #rested = 0;
  #hurrying = false;
  #failures = 0;

  /** broken(): its link has ended, or there is nothing behind it. */
  constructor(audio, { broken }) {
    this.audio = audio;
    audio.addEventListener("error", () => this.#track && (this.#failures += 1) <= TRIES && broken());
    audio.addEventListener("playing", () => {
      this.#failures = 0;
    });
  }

  /** `seconds`: of the film. A track that is there already is only loaded anew when it is `fresh` or another one. */
  open(track, seconds, { fresh = false } = {}) {
    const same = this.#track && track && this.#track.url.split("?")[0] === track.url.split("?")[0];
    this.#track = track;
    this.#seconds = seconds;
    if (!track) return this.audio.removeAttribute("src");
    this.audio.loop = track.loops;
    if (same && !fresh) return undefined;
    this.audio.src = track.url;
    return this.audio.load();
  }

  set muted(value) {
    this.audio.muted = value;
  }

  /** Where in the track a moment of the film is; null where the track is over. */
  #place(time) {
    const { start_s: start, seconds, loops } = this.#track;
    if (loops) return (start + time) % seconds;
    return start + time < seconds ? start + time : null;
  }

  #loudness(time) {
    const { start_s: start, seconds, loops, volume, fade_in_s: into, fade_out_s: out } = this.#track;
    const plays = loops ? this.#seconds : Math.min(this.#seconds, seconds - start);
    const rise = into ? time / Math.min(into, plays / 2) : 1;
    const fall = out ? (plays - time) / Math.min(out, plays / 2) : 1;
    return (volume / 100) * Math.max(0, Math.min(1, rise, fall));
  }

  /** To be called often: the film is at `time` and moves, or stands still. */
  follow(time, moving) {
    if (!this.#track) return;
    const place = this.#place(time);
    if (!moving || place === null) return void this.audio.pause();
    this.audio.volume = this.#loudness(time);
    if (this.audio.paused) this.play(time).catch(() => {});
    else if (this.audio.readyState >= 2 && !this.audio.seeking) this.#keepStep(place);
  }

  /** Raises NotAllowedError where the browser wants to see a hand first. */
  async play(time) {
    const place = this.#track && this.#place(time);
    if (place === null) return;
    if (Math.abs(this.#distance(place)) > CLOSE) this.#jump(place);
    this.audio.volume = this.#loudness(time);
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") throw error; // else: paused meanwhile, or broken, which is told apart
    }
  }

  #distance(place) {
    const far = this.audio.currentTime - place;
    return this.#track.loops ? far - this.#track.seconds * Math.round(far / this.#track.seconds) : far;
  }

  #keepStep(place) {
    const far = this.#distance(place);
    if (Math.abs(far) > JUMP && performance.now() > this.#rested) return this.#jump(place);
    this.#hurrying = Math.abs(far) > (this.#hurrying ? CLOSE : NOTICED);
    const rate = this.#hurrying ? 1 - Math.max(-HASTE, Math.min(HASTE, EAGERNESS * far)) : 1;
    if (Math.abs(this.audio.playbackRate - rate) > 0.005 || rate === 1) this.audio.playbackRate = rate;
    return undefined;
  }

  #jump(place) {
    this.#rested = performance.now() + REST;
    this.audio.currentTime = place;
    this.audio.playbackRate = 1;
  }
}
