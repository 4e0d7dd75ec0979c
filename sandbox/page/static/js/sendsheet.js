// The sheet between choosing files and sending them: a look, a caption, "as photo" or "as file".

import { h, icon, iconButton } from "./dom.js";
import { fileSize } from "./format.js";
import { pickFiles } from "./attach.js";
import { dialog, toast } from "./notices.js";

const MOST = 10; // files an album may have
const PHOTO = /^image\/(jpeg|png|webp|bmp|heic|heif|avif)$/;

export const kindOf = (file) => {
  if (PHOTO.test(file.type)) return "photo";
  if (/^video\/(mp4|quicktime|webm)$/.test(file.type)) return "video";
  if (/^audio\//.test(file.type)) return "audio";
  return "document";
};

const isVisual = (file) => ["photo", "video"].includes(kindOf(file));

class Sheet {
  constructor(files, caption) {
    this.files = [];
    this.urls = new Map();
    this.grid = h("div", { class: "preview" });
    this.title = h("h2", {});
    this.caption = h("textarea", { rows: 1, placeholder: "Add a caption…", "aria-label": "Caption", dir: "auto", maxlength: 1024 });
    this.caption.value = caption;
    this.asFile = h("input", { type: "radio", name: "as", value: "document" });
    this.asMedia = h("input", { type: "radio", name: "as", value: "media", checked: true });
    this.choice = h("fieldset", { class: "segmented" }, h("legend", { class: "hidden-label" }, "Send as"),
      h("label", {}, this.asMedia, h("span", {}, icon("image"), "As photo")),
      h("label", {}, this.asFile, h("span", {}, icon("file"), "As file")));
    this.choice.addEventListener("change", () => this.#draw());
    this.add(files);
  }

  add(files) {
    const room = MOST - this.files.length;
    if (files.length > room) toast(`An album has at most ${MOST} files; the rest was left out`, { kind: "error" });
    for (const file of files.slice(0, room)) {
      this.files.push(file);
      this.urls.set(file, URL.createObjectURL(file));
    }
    this.#draw();
  }

  #remove(file) {
    this.files = this.files.filter((one) => one !== file);
    if (this.files.length) this.#draw();
    else this.element.close();
  }

  #draw() {
    const count = this.files.length;
    const photos = this.files.every((one) => kindOf(one) === "photo");
    this.choice.hidden = !this.files.some(isVisual);
    const plural = count > 1 ? "s" : "";
    const [asMedia, asFile] = [...this.choice.querySelectorAll("label span")].map((one) => one.lastChild);
    asMedia.data = photos ? `As photo${plural}` : "As media";
    asFile.data = `As file${plural}`;
    this.title.textContent = count > 1 ? `Send ${count} ${photos ? "photos" : "files"}` : `Send ${photos ? "photo" : "file"}`;
    this.grid.dataset.count = count;
    this.grid.classList.toggle("as-files", this.asFile.checked);
    this.grid.replaceChildren(...this.files.map((file) => this.#tile(file)));
  }

  #tile(file) {
    const remove = iconButton("close", `Remove ${file.name}`, () => this.#remove(file), "remove");
    const url = this.urls.get(file);
    const asFile = this.asFile.checked || !isVisual(file);
    const words = h("span", { class: "file-words" }, h("bdi", { class: "file-name" }, file.name), h("span", { class: "file-size" }, fileSize(file.size)));
    if (asFile) return h("div", { class: "preview-file" }, h("span", { class: "file-icon" }, icon("file")), words, remove);
    const shown = kindOf(file) === "photo" ? h("img", { src: url, alt: file.name }) : h("video", { src: url, playsinline: true, preload: "metadata" });
    return h("div", { class: "preview-tile" }, shown, remove);
  }

  parts() {
    const close = (value) => () => this.element.close(value);
    const more = h("button", { type: "button", class: "button quiet", onclick: async () => this.add(await pickFiles()) }, icon("plus"), "Add");
    const send = h("button", { type: "button", class: "button primary", id: "send-files", onclick: close("send") }, "Send", icon("send"));
    this.caption.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.element.close("send");
    });
    return [
      h("div", { class: "sheet-head" }, this.title, iconButton("close", "Close", close(""))),
      h("div", { class: "sheet-body" }, this.grid, this.choice, this.caption),
      h("div", { class: "sheet-actions" }, more, h("span", { class: "grow" }), send),
    ];
  }
}

/** Resolves with {files, caption, asFile, urls}, or null if the person closed the sheet. */
export async function askHowToSend(files, caption = "") {
  const sheet = new Sheet(files, caption);
  const { element, closed } = dialog({ class: "sheet send-sheet", "aria-label": "Send files" }, ...sheet.parts());
  sheet.element = element;
  if (matchMedia("(pointer: fine)").matches) sheet.caption.focus();
  if ((await closed) !== "send") {
    for (const url of sheet.urls.values()) URL.revokeObjectURL(url);
    return null;
  }
  return { files: sheet.files, caption: sheet.caption.value.trim(), asFile: sheet.asFile.checked, urls: sheet.urls };
}
