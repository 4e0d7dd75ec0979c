// A video in a bubble: short clips play by themselves, silently and in a loop, while they are in sight.

import { calm, h, icon } from "./dom.js";
import { duration } from "./format.js";

const SHORT = 15; // seconds: what plays by itself

const inSight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) startQuietly(target);
    else target.pause();
  }
}, { threshold: 0.5 });

/** A clip the person stopped stays stopped; one they made audible is not restarted behind their back. */
function startQuietly(video) {
  if (calm.matches || video.dataset.held) return;
  play(video);
}

/** The browser may refuse to play before the first click on the page; the poster and its button remain then. */
function play(video) {
  video.play().catch((error) => {
    if (!["NotAllowedError", "AbortError"].includes(error.name)) video.closest(".video")?.classList.add("broken");
  });
}

export function videoPlayer(media, { loopAlways = false } = {}) {
  const short = loopAlways || (media.duration > 0 && media.duration <= SHORT);
  const properties = {
    src: media.url, poster: media.thumb, playsinline: true, preload: media.thumb ? "metadata" : "auto", loop: short,
    "aria-label": media.name || "Video", width: media.width, height: media.height,
  };
  const video = h("video", properties);
  video.muted = short; // as an attribute it would only be a default that scripts cannot see
  if (short) inSight.observe(video);
  return h("div", { class: "video", "data-short": short }, video, bigButton(video), controls(video, media));
}

function toggle(video) {
  if (video.paused) {
    delete video.dataset.held;
    play(video);
  } else {
    video.dataset.held = "1";
    video.pause();
  }
}

function bigButton(video) {
  const properties = { type: "button", class: "video-play", "aria-label": "Play the video", onclick: () => toggle(video) };
  return h("button", properties, h("span", { class: "disc" }, icon("play")));
}

function controls(video, media) {
  const time = h("span", { class: "video-time" }, duration(media.duration));
  const seek = h("input", { type: "range", min: 0, max: 1000, value: 0, step: 1, "aria-label": "Position in the video" });
  const pause = h("button", { type: "button", "aria-label": "Pause or play", onclick: () => toggle(video) }, icon("pause"));
  const sound = h("button", { type: "button", class: "video-sound", "aria-label": "Sound on or off" }, icon("mute"));
  const full = h("button", { type: "button", "aria-label": "Full screen", onclick: () => fullScreen(video) }, icon("expand"));
  sound.addEventListener("click", () => { video.muted = !video.muted; });
  seek.addEventListener("input", () => { video.currentTime = (seek.value / 1000) * video.duration; });
  follow(video, { time, seek, sound });
  return h("div", { class: "video-controls" }, pause, seek, time, sound, full);
}

function follow(video, { time, seek, sound }) {
  const shell = () => video.closest(".video");
  video.addEventListener("play", () => shell()?.classList.add("playing"));
  video.addEventListener("pause", () => shell()?.classList.remove("playing"));
  video.addEventListener("error", () => shell()?.classList.add("broken"));
  video.addEventListener("volumechange", () => sound.replaceChildren(icon(video.muted ? "mute" : "sound")));
  video.addEventListener("timeupdate", () => {
    if (!Number.isFinite(video.duration)) return;
    seek.value = (video.currentTime / video.duration) * 1000;
    seek.style.setProperty("--done", `${(video.currentTime / video.duration) * 100}%`);
    time.textContent = duration(video.duration - video.currentTime);
    shell()?.classList.toggle("audible", hasSound(video));
  });
}

/** No standard property tells; each engine has its own, and where none does we offer the button. */
function hasSound(video) {
  if (video.mozHasAudio !== undefined) return video.mozHasAudio;
  if (video.webkitAudioDecodedByteCount !== undefined) return video.webkitAudioDecodedByteCount > 0;
  return true;
}

function fullScreen(video) {
  if (video.requestFullscreen) video.requestFullscreen();
  else video.webkitEnterFullscreen?.();
}
