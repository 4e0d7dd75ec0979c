// Inside Telegram: who is looking, and that we are ready. Spoken directly, since nothing is loaded from elsewhere
// (https://core.telegram.org/api/web-events).

export const isInside = location.pathname.startsWith("/app/");

/** What Telegram says of the viewer, signed; null outside of it. */
export const initData = () => new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");

export function announce() {
  for (const event of ["web_app_ready", "web_app_expand"]) post(event);
}

function post(eventType, eventData = {}) {
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(eventType, JSON.stringify(eventData));
  else if (window.external && "notify" in window.external) window.external.notify(JSON.stringify({ eventType, eventData }));
  else if (window.parent !== window) window.parent.postMessage(JSON.stringify({ eventType, eventData }), "*"); // no secret in it
}
