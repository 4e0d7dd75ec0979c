// Puts the player together.

import { Controls, showNotice } from "./controls.js";
import { Source } from "./film.js";
import { listenForKeys, listenForTouch, listenToBar } from "./gestures.js";
import { Music } from "./music.js";
import { Player } from "./player.js";
import { announce, initData, isInside } from "./telegram.js";

const { film: address, yours } = document.body.dataset;
const words = JSON.parse(document.body.dataset.words);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function begin() {
  const source = new Source(address, { initData: isInside ? initData() : undefined, calm });
  const music = new Music(document.getElementById("music"), { broken: () => player.mendMusic() });
  const player = new Player({
    source,
    music,
    elements: [...document.querySelectorAll(".slot")],
    curtain: document.getElementById("curtain"),
    on: {
      change: () => controls.show(),
      beat: () => controls.beat(),
      film: () => controls.take(),
      refused: () => controls.show(),
      notice: (why) => showNotice(words[why], { retry: why === "trouble" }),
    },
  });
  const controls = new Controls(player, words);
  listenForKeys(player, controls);
  listenForTouch(document.getElementById("stage"), player);
  listenToBar(document.getElementById("bar"), player);
  document.addEventListener("visibilitychange", () => document.hidden && player.pause());
  return player;
}

/** Whoever pressed "Watch" in the chat sees it move at once, if the browser lets it; for anybody else there is a button. */
async function start() {
  if (isInside) announce();
  if (!address) return showNotice(words.gone);
  if (isInside && !initData()) return showNotice(words.outside);
  if (yours) {
    const link = document.getElementById("yours");
    link.href = yours;
    link.hidden = false;
  }
  const player = begin();
  await player.open();
  if (isInside && !calm && player.state === "ready") await player.play({ byHand: false });
  return undefined;
}

start();
