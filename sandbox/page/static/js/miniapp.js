// A bot's page over the chat, as Telegram shows Mini Apps.

import { h, iconButton } from "./dom.js";
import { dialog } from "./notices.js";

const HERE = new Set(["127.0.0.1", "localhost"]);

/** `address`: with what Telegram says of the person. What is not on this machine opens beside the page. */
export function openMiniApp(address, name) {
  if (!HERE.has(new URL(address).hostname)) return void window.open(address, "_blank", "noopener");
  const frame = h("iframe", { class: "mini-app-page", title: name, src: address, allow: "autoplay; fullscreen; clipboard-write", referrerpolicy: "no-referrer" });
  const close = iconButton("close", "Close", () => element.close());
  const { element, closed } = dialog({ class: "sheet mini-app", "aria-label": name },
    h("div", { class: "sheet-head" }, h("h2", { dir: "auto" }, name), close), frame);
  const heard = (event) => event.source === frame.contentWindow && wantsToClose(event.data) && element.close();
  addEventListener("message", heard);
  closed.then(() => removeEventListener("message", heard));
}

/** Mini Apps speak to the app around them in JSON: {eventType, eventData}. */
function wantsToClose(data) {
  try {
    return JSON.parse(data).eventType === "web_app_close";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
