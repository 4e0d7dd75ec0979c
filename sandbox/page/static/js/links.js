// Addresses in a chat: which may be opened, and which of them are deep links to a bot of this sandbox.

const OPENABLE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);
const TELEGRAM = new Set(["t.me", "telegram.me", "telegram.dog"]);

function parse(address) {
  return URL.canParse(address) ? new URL(address) : null;
}

/** The address if a person may safely follow it; null for javascript:, data:, file: and what is no address. */
export function safeAddress(address) {
  const url = parse(address ?? "");
  return url && OPENABLE.has(url.protocol) ? url.href : null;
}

/** The path and query of an address of Telegram's, whether there or below /t.me/ of this sandbox; else null. */
function telegramPath(address) {
  const url = parse(address ?? "");
  if (!url) return null;
  if (url.origin === location.origin && url.pathname.startsWith("/t.me/")) return new URL(url.href.replace("/t.me/", "/"));
  return TELEGRAM.has(url.hostname) ? url : null;
}

/** {username, start} of t.me/<bot>?start=x and tg://resolve?domain=<bot>&start=x, else null. */
export function deepLink(address) {
  const inApp = parse(address);
  if (inApp?.protocol === "tg:" && inApp.hostname === "resolve") return visitOf(inApp.searchParams.get("domain"), inApp);
  const url = telegramPath(address);
  return url && visitOf(url.pathname.slice(1), url);
}

const visitOf = (username, url) => (/^\w+$/.test(username ?? "") ? { username, start: url.searchParams.get("start") } : null);

/** The id in t.me/$<id> and t.me/invoice/<id>, else null. */
export function invoiceLink(address) {
  return /^\/(?:\$|invoice\/)([\w-]+)$/.exec(telegramPath(address)?.pathname ?? "")?.[1] ?? null;
}

/** The words that t.me/share/url?url=&text= and tg://msg_url?url=&text= want to send, else null. */
export function shareLink(address) {
  const inApp = parse(address ?? "");
  const url = inApp?.protocol === "tg:" && inApp.hostname === "msg_url" ? inApp : telegramPath(address);
  if (!url || (url !== inApp && !["/share/url", "/share"].includes(url.pathname)) || !url.searchParams.get("url")) return null;
  return sharedWords(url.searchParams);
}

const sharedWords = (query) => [query.get("url"), query.get("text")].filter(Boolean).join("\n");

/**
 * What /?bot=<username>&start=x, /?invoice=<id> or /?url=&text= asks of this page: {username, start, invoice, words}.
 * Taken out of the address, so that a reload does not do it again.
 */
export function takeVisit() {
  const url = new URL(location.href);
  const query = new URLSearchParams(url.search);
  if (!["bot", "invoice", "url"].some((name) => query.get(name))) return null;
  for (const name of ["bot", "start", "invoice", "url", "text"]) url.searchParams.delete(name);
  history.replaceState(history.state, "", url);
  return { username: query.get("bot"), start: query.get("start"), invoice: query.get("invoice"), words: sharedWords(query) };
}
