// The three ways a file gets onto the page: the button, a drop, a paste.

import { byId, h } from "./dom.js";

const carriesFiles = (transfer) => transfer && [...transfer.types].includes("Files");

/** Opens the system's chooser; resolves with the files, none if the person thought better of it. */
export function pickFiles() {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", multiple: true, hidden: true, id: "file-input" });
    const finish = () => {
      input.remove();
      resolve([...input.files]);
    };
    input.addEventListener("change", finish, { once: true });
    input.addEventListener("cancel", finish, { once: true });
    document.body.append(input);
    input.click();
  });
}

/** accept(files) for what is dropped on `area` or pasted anywhere while no dialog is open; ready() says if it may be. */
export function listenForFiles(area, { ready, accept }) {
  let depth = 0; // dragenter and dragleave come for every child passed over
  const overlay = byId("drop");
  const show = (visible) => overlay.classList.toggle("visible", visible);
  const guarded = (run) => (event) => {
    if (!carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    run(event);
  };
  area.addEventListener("dragenter", guarded(() => { depth += 1; show(ready()); }));
  area.addEventListener("dragleave", guarded(() => { depth -= 1; if (depth <= 0) show(false); }));
  area.addEventListener("drop", guarded((event) => {
    depth = 0;
    show(false);
    const files = [...event.dataTransfer.files];
    if (files.length && ready()) accept(files);
  }));
  // A file dropped beside the chat must not replace the page.
  addEventListener("dragover", guarded(() => {}));
  addEventListener("drop", guarded(() => {}));
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || !ready()) return;
    event.preventDefault();
    accept(files);
  });
}
