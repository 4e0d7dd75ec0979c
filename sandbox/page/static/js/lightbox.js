// A photo as large as the window, with its neighbours an arrow key away.

import { h, icon, iconButton } from "./dom.js";
import { mediaOf } from "./media.js";
import { dialog } from "./notices.js";

export function openLightbox(messages, media) {
  const photos = messages.map((one) => ({ message: one, media: mediaOf(one) })).filter((one) => one.media?.kind === "photo");
  let at = Math.max(0, photos.findIndex((one) => one.media.url === media.url));
  const image = h("img", { alt: "Photo" });
  const caption = h("p", { class: "lightbox-caption", dir: "auto" });
  const download = h("a", { class: "icon-button", download: "photo.jpg", "aria-label": "Download", title: "Download" }, icon("download"));
  const show = (index) => {
    at = Math.min(photos.length - 1, Math.max(0, index));
    image.src = download.href = photos[at].media.url;
    caption.textContent = photos[at].message.caption ?? "";
    before.disabled = at === 0;
    after.disabled = at === photos.length - 1;
  };
  const before = iconButton("back", "Previous photo", () => show(at - 1), "step");
  const after = iconButton("back", "Next photo", () => show(at + 1), "step next");
  const close = iconButton("close", "Close", () => element.close());
  const stage = h("div", { class: "lightbox-stage" }, image, caption);
  const { element } = dialog({ class: "lightbox", "aria-label": "Photo" },
    h("div", { class: "lightbox-bar" }, download, close), photos.length > 1 && before, stage, photos.length > 1 && after);
  stage.addEventListener("click", (event) => event.target === stage && element.close());
  element.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === "ArrowRight") show(at + 1);
  });
  show(at);
}
