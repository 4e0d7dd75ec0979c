// What lies over the film: its bar, its buttons, the caption, the sheet at its end. It shows what the player says.

const IDLE = 2600; // milliseconds without a hand after which the controls leave a film that plays

const byId = (id) => document.getElementById(id);

export const clockTime = (seconds) => {
  const whole = Math.floor(seconds + 0.001);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

export class Controls {
  #fills = [];
  #second = -1;
  #idle = 0;

  constructor(player, words) {
    Object.assign(this, { player, words, root: byId("player"), bar: byId("bar") });
    const press = { toggle: () => player.toggle(), previous: () => player.previous(), next: () => player.next() };
    const more = { start: () => player.play(), again: () => player.play(), mute: () => this.mute(), full: () => this.enlarge() };
    for (const [id, run] of Object.entries({ ...press, ...more })) byId(id).addEventListener("click", run);
    byId("full").hidden = !document.fullscreenEnabled;
    document.addEventListener("fullscreenchange", () => this.#label("full", document.fullscreenElement ? "shrink" : "enlarge"));
    for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) this.root.addEventListener(kind, () => this.wake());
  }

  /** The controls come back, and leave again when nothing stirs. */
  wake() {
    this.root.classList.remove("quiet");
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.root.classList.toggle("quiet", this.player.isPlaying), IDLE);
  }

  mute() {
    this.muted = !this.muted;
    for (const slot of [this.player.front, this.player.back]) slot.video.muted = this.muted;
    this.player.music.muted = this.muted;
    this.root.classList.toggle("muted", this.muted);
    byId("mute").setAttribute("aria-pressed", this.muted);
    this.#label("mute", this.muted ? "unmute" : "mute");
  }

  enlarge() {
    if (!document.fullscreenEnabled) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen().catch(() => {}); // the browser may say no, and then nothing is lost
  }

  /** A film has come, or has changed. */
  take() {
    const { film } = this.player;
    byId("title").textContent = byId("end-title").textContent = document.title = film.title;
    byId("stage").style.setProperty("--passing", `${film.passing}s`);
    byId("stage").dataset.transition = film.transition;
    this.bar.replaceChildren(...film.clips.map((clip) => segment(clip.seconds)));
    this.#fills = [...this.bar.querySelectorAll("i")];
    this.bar.setAttribute("aria-valuemax", Math.round(film.seconds));
    this.show();
  }

  /** The player's state has changed. */
  show() {
    const { player } = this;
    const { film, state } = player;
    this.root.dataset.state = state;
    this.root.classList.toggle("waiting", state === "loading" || (player.isPlaying && player.isStalled));
    byId("start").hidden = !(state === "ready" || (state === "paused" && player.needsHand));
    byId("end").hidden = state !== "ended";
    this.#label("toggle", player.isPlaying ? "pause" : "play");
    if (!film) return;
    byId("previous").disabled = player.index === 0 && !player.isPlaying && player.time < 0.1;
    byId("next").disabled = player.index === film.count - 1;
    byId("place").textContent = this.#placeWords();
    byId("caption").textContent = state === "ended" ? "" : (film.clips[player.index].caption ?? "");
    this.#second = -1;
    this.beat();
    this.wake();
  }

  /** Time has passed. */
  beat() {
    const { film, index, front, time, state } = this.player;
    this.#fills.forEach((fill, number) => {
      const part = number === index && state !== "ended" ? front.time / film.clips[index].seconds : Number(number <= index);
      fill.style.transform = `scaleX(${Math.min(1, part)})`;
    });
    const second = Math.floor(time);
    if (second === this.#second) return;
    this.#second = second;
    byId("time").textContent = `${clockTime(time)} / ${clockTime(film.seconds)}`;
    this.bar.setAttribute("aria-valuenow", second);
    this.bar.setAttribute("aria-valuetext", `${this.#placeWords()}, ${clockTime(time)}`);
  }

  #placeWords() {
    const { film, index } = this.player;
    return this.words.clip.replace("{number}", index + 1).replace("{count}", film.count);
  }

  #label(id, word) {
    byId(id).setAttribute("aria-label", this.words[word]);
    byId(id).title = this.words[word];
  }
}

function segment(seconds) {
  const element = document.createElement("span");
  element.className = "segment";
  element.style.flexGrow = seconds;
  element.append(document.createElement("i"));
  return element;
}

/** Says why there is no film; with something to press where pressing helps. */
export function showNotice(text, { retry = false } = {}) {
  const root = byId("player");
  root.dataset.state = "over";
  root.classList.remove("waiting", "quiet");
  byId("start").hidden = byId("end").hidden = true;
  byId("notice-words").textContent = text;
  byId("retry").hidden = !retry;
  byId("retry").onclick = () => location.reload();
  byId("notice").hidden = false;
}
