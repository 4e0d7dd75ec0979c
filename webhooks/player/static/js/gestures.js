// Keys, taps and swipes.

const SWIPE = 48; // pixels from which on a touch is a swipe
const STRAY = 10; // pixels a finger may move in a tap

export function listenForKeys(player, controls) {
  const keys = {
    " ": () => player.toggle(),
    k: () => player.toggle(),
    ArrowRight: () => player.next(),
    ArrowLeft: () => player.previous(),
    Home: () => player.seek(0),
    f: () => controls.enlarge(),
    m: () => controls.mute(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !player.film) return;
    const run = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    // A button that has the focus is pressed by the space bar already.
    if (!run || (event.key === " " && event.target.closest("button, a"))) return;
    event.preventDefault();
    controls.wake();
    run();
  });
}

/** A tap plays and pauses, a swipe goes to the next clip or the one before. */
export function listenForTouch(stage, player) {
  let from = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.isPrimary && event.button === 0) from = { x: event.clientX, y: event.clientY };
  });
  stage.addEventListener("pointercancel", () => {
    from = null;
  });
  stage.addEventListener("pointerup", (event) => {
    if (!from || !event.isPrimary) return;
    const [right, down] = [event.clientX - from.x, event.clientY - from.y];
    from = null;
    if (Math.abs(right) > SWIPE && Math.abs(right) > 2 * Math.abs(down)) {
      if (right < 0) player.next();
      else player.previous();
    } else if (Math.hypot(right, down) < STRAY) player.toggle();
  });
}

/** The bar: where it is pressed or dragged to, the film goes. */
export function listenToBar(bar, player) {
  let held = false;
  const go = (event) => {
    const { left, width } = bar.getBoundingClientRect();
    if (player.film) player.seek(((event.clientX - left) / width) * player.film.seconds);
  };
  bar.addEventListener("pointerdown", (event) => {
    held = true;
    bar.setPointerCapture(event.pointerId);
    go(event);
  });
  bar.addEventListener("pointermove", (event) => held && go(event));
  for (const kind of ["pointerup", "pointercancel"]) {
    bar.addEventListener(kind, () => {
      held = false;
    });
  }
}
