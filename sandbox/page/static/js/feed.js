// The stream of everything that happens in the sandbox, resumed by itself after every interruption.

const KINDS = ["message", "edit", "delete", "action", "answer", "stars", "commands", "reset"];
const FIRST_RETRY = 400; // milliseconds, growing by half up to the longest
const LONGEST_RETRY = 4000;

export class Feed {
  #source = null;
  #last;
  #delay = FIRST_RETRY;
  #timer = 0;
  #lost = false;
  #begun;

  /** onEvent({id, kind, data, botId, personId}); onLost() once an outage; onBack() when it is over. */
  constructor({ onEvent, onLost, onBack }) {
    Object.assign(this, { onEvent, onLost, onBack });
    addEventListener("online", () => this.#lost && this.#connect());
    document.addEventListener("visibilitychange", () => this.#lost && !document.hidden && this.#connect());
  }

  /** Follows from now on; resolves once nothing that happens can be missed any more. */
  start() {
    return new Promise((resolve) => {
      this.#begun = resolve;
      this.#connect();
    });
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource(`/control/events${this.#last === undefined ? "" : `?after=${this.#last}`}`);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => this.#failed(source);
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.#received(kind, event));
  }

  #received(kind, event) {
    const id = Number(event.lastEventId);
    const data = JSON.parse(event.data);
    this.#last = id;
    this.onEvent({ id, kind, data, botId: data.bot_id, personId: data.person_id });
  }

  #opened() {
    this.#begun();
    this.#delay = FIRST_RETRY;
    if (!this.#lost) return;
    this.#lost = false;
    this.onBack();
  }

  #failed(source) {
    source.close();
    if (!this.#lost) this.onLost();
    this.#lost = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), this.#delay);
    this.#delay = Math.min(LONGEST_RETRY, this.#delay * 1.5);
  }
}
