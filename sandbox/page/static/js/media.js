// What a message carries besides words, and the element that shows it in its bubble.

import { audioPlayer } from "./audio.js";
import { h, icon } from "./dom.js";
import { fileSize } from "./format.js";
import { videoPlayer } from "./video.js";

const WIDEST = 420; // CSS pixels a single picture or clip may take
const TALLEST = 460;
const SMALLEST = 150;
const KINDS = ["photo", "animation", "video", "video_note", "voice", "audio", "document", "sticker"];

/** {kind, file, url, thumb, width, height, name, spoiler} or null for a message of words alone. */
export function mediaOf(message) {
  const kind = KINDS.find((one) => message[one]);
  if (!kind) return null;
  const file = kind === "photo" ? message.photo.at(-1) : message[kind];
  return {
    kind,
    file,
    url: message.media_url,
    thumb: message.thumb_url ?? null,
    width: file.width || file.length || 320,
    height: file.height || file.length || 320,
    duration: file.duration ?? 0,
    name: file.file_name ?? "",
    spoiler: Boolean(message.has_media_spoiler),
  };
}

export const isVisual = (media) => ["photo", "video", "animation", "video_note", "sticker"].includes(media?.kind);

/** Changes exactly when the element must be made anew: an edited caption leaves a playing video alone. */
export const mediaKey = (media) => media && [media.kind, media.file.file_unique_id, media.url, media.spoiler].join("|");

/** The size at which it is shown, known before a byte is loaded, so that nothing jumps. */
export function fit({ width, height }) {
  const scale = Math.min(WIDEST / width, TALLEST / height, Math.max(1, SMALLEST / Math.min(width, height)));
  return { width: Math.max(SMALLEST, Math.round(width * scale)), height: Math.max(90, Math.round(height * scale)) };
}

export function renderMedia(media, on) {
  const element = h("div", { class: `media media-${media.kind}` }, RENDERERS[media.kind](media, on));
  if (!isVisual(media)) return element;
  const size = fit(media);
  element.style.setProperty("--w", `${size.width}px`);
  element.style.setProperty("--ratio", `${size.width} / ${size.height}`);
  if (media.spoiler) element.append(cover());
  return element;
}

function cover() {
  const reveal = (event) => event.currentTarget.remove();
  return h("button", { type: "button", class: "media-cover", onclick: reveal }, "Show");
}

function photo(media, on) {
  const image = h("img", { src: media.url, alt: media.name || "Photo", decoding: "async", draggable: "false" });
  const open = () => on.open(media);
  return h("button", { type: "button", class: "photo", "aria-label": "Open the photo", onclick: open }, image);
}

function extension(media) {
  const dot = media.name.lastIndexOf(".");
  return dot > 0 ? media.name.slice(dot + 1, dot + 5) : "file";
}

function document_(media) {
  const preview = media.thumb
    ? h("img", { src: media.thumb, alt: "" })
    : h("span", { class: "extension" }, extension(media));
  const words = h("span", { class: "file-words" },
    h("bdi", { class: "file-name" }, media.name || "File"),
    h("span", { class: "file-size" }, fileSize(media.file.file_size)));
  const properties = { class: "file", href: media.url, download: media.name || "file", "aria-label": `Download ${media.name || "the file"}` };
  return h("a", properties, h("span", { class: "file-icon" }, preview, icon("download")), words);
}

const RENDERERS = {
  photo,
  sticker: photo,
  video: (media) => videoPlayer(media),
  animation: (media) => videoPlayer(media, { loopAlways: true }),
  video_note: (media) => videoPlayer(media),
  audio: audioPlayer,
  voice: audioPlayer,
  document: document_,
};
