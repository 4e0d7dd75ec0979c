// Audio and voice in a bubble. Only one plays at a time.

import { h, icon } from "./dom.js";
import { duration } from "./format.js";

let playing = null;

export function audioPlayer(media) {
  const audio = h("audio", { src: media.url, preload: "none" });
  const button = h("button", { type: "button", class: "round", "aria-label": "Play or pause" }, icon("play"));
  const time = h("span", { class: "audio-time" }, duration(media.duration));
  const seek = h("input", { type: "range", min: 0, max: 1000, value: 0, "aria-label": "Position in the recording" });
  button.addEventListener("click", () => (audio.paused ? audio.play() : audio.pause()));
  seek.addEventListener("input", () => { audio.currentTime = (seek.value / 1000) * (audio.duration || 0); });
  follow(audio, { button, time, seek, total: media.duration });
  const title = media.kind === "audio" && h("bdi", { class: "audio-title" }, titleOf(media));
  return h("div", { class: "audio" }, audio, button, h("div", { class: "audio-body" }, title, seek, time));
}

function titleOf({ file, name }) {
  return [file.performer, file.title].filter(Boolean).join(" – ") || name || "Audio";
}

function follow(audio, { button, time, seek, total }) {
  audio.addEventListener("play", () => {
    if (playing !== audio) playing?.pause();
    playing = audio;
    button.replaceChildren(icon("pause"));
  });
  audio.addEventListener("pause", () => button.replaceChildren(icon("play")));
  audio.addEventListener("timeupdate", () => {
    const length = Number.isFinite(audio.duration) ? audio.duration : total;
    seek.value = length ? (audio.currentTime / length) * 1000 : 0;
    seek.style.setProperty("--done", `${seek.value / 10}%`);
    time.textContent = `${duration(audio.currentTime)} / ${duration(length)}`;
  });
}
