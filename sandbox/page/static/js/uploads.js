// Files on their way: what is sent together, and the bubble that shows how far it is.

import { mosaic } from "./album.js";
import { api } from "./api.js";
import { byId, h, iconButton } from "./dom.js";
import { fileSize } from "./format.js";
import { kindOf } from "./sendsheet.js";

const PRELOAD_TIME = 1500; // milliseconds we wait for the sent picture before the preview makes way for it

/** Telegram mixes photos with videos in an album, but neither with files or audio: [{as, files}] in order. */
export function parcels(files, asFile) {
  const out = [];
  for (const file of files) {
    const as = asFile ? "document" : kindOf(file);
    const last = out.at(-1);
    const fits = last && (last.as === as || [last.as, as].every((one) => ["photo", "video"].includes(one)));
    if (fits) last.files.push(file);
    else out.push({ as, files: [file] });
  }
  return out;
}

/** Sends one parcel (`fields`: caption, reply_to; `key`: the chat's), with a bubble while it is under way; resolves with the messages it became. */
export async function sendParcel({ bot, person, key, parcel, fields, urls }) {
  const bubble = await pendingBubble(parcel, fields.caption, urls);
  const stop = new AbortController();
  bubble.cancel.addEventListener("click", () => stop.abort());
  bubble.element.dataset.chat = key;
  byId("pending").append(bubble.element);
  const form = new FormData();
  form.append("as", parcel.as);
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  for (const file of parcel.files) form.append("file", file, file.name);
  try {
    const { messages } = await api.upload(bot.id, person.id, form, { signal: stop.signal, onProgress: bubble.progress });
    await preload(messages);
    return messages;
  } finally {
    bubble.element.remove();
  }
}

async function preload(messages) {
  const images = messages.filter((one) => one.photo && one.media_url).map((one) => {
    const image = new Image();
    image.src = one.media_url;
    return image.decode();
  });
  const patience = new Promise((resolve) => setTimeout(resolve, PRELOAD_TIME));
  await Promise.race([Promise.allSettled(images), patience]);
}

async function pendingBubble(parcel, caption, urls) {
  const cancel = iconButton("close", "Cancel sending", () => {}, "cancel-upload");
  const ring = h("div", { class: "ring", role: "progressbar", "aria-label": "Uploading", "aria-valuemin": 0, "aria-valuemax": 100 }, cancel);
  const shown = await preview(parcel, urls);
  const text = caption && h("div", { class: "words", dir: "auto" }, caption);
  const bubble = h("article", { class: "bubble" }, h("div", { class: "media-slot" }, shown, ring), text);
  const visual = shown.classList.contains("album");
  const element = h("li", { class: `row mine first last sending ${visual ? "visual" : ""}` }, h("div", { class: "stack" }, bubble));
  if (visual) element.style.setProperty("--w", shown.style.getPropertyValue("--w"));
  const progress = (share) => {
    ring.style.setProperty("--done", `${Math.round(share * 100)}%`);
    ring.setAttribute("aria-valuenow", Math.round(share * 100));
  };
  progress(0);
  return { element, cancel, progress };
}

async function preview({ as, files }, urls) {
  if (!["photo", "video"].includes(as)) {
    const words = (file) => h("span", { class: "file-words" }, h("bdi", { class: "file-name" }, file.name), h("span", { class: "file-size" }, fileSize(file.size)));
    return h("div", { class: "stack-of-files" }, files.map((file) => h("div", { class: "file" }, h("span", { class: "file-icon" }), words(file))));
  }
  const media = await Promise.all(files.map((file) => measured(file, urls.get(file))));
  const { ratio, tiles } = mosaic(media.map((one) => ({ width: one.width || 4, height: one.height || 3 })));
  const single = media.length === 1 && Math.min(420, (460 * (media[0].width || 4)) / (media[0].height || 3));
  return h("div", { class: "album", vars: { "--ratio": ratio, "--w": `${Math.round(single || 420)}px` } },
    media.map((one, index) => h("div", { class: "tile", vars: tiles[index] }, one.element)));
}

async function measured(file, url) {
  if (kindOf(file) === "video") return { element: h("video", { src: url, preload: "metadata" }), width: 16, height: 9 };
  const element = h("img", { src: url, alt: "" });
  await element.decode().catch((error) => {
    if (!(error instanceof DOMException)) throw error; // a broken picture is still sent: the bot must say so
  });
  return { element, width: element.naturalWidth, height: element.naturalHeight };
}
