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

/** {username, start} of t.me/<bot>?start=x and tg://resolve?domain=<bot>&start=x, else null. */
export function deepLink(address) {
  const url = parse(address);
  if (!url) return null;
  const start = url.searchParams.get("start");
  if (url.protocol === "tg:" && url.hostname === "resolve") return { username: url.searchParams.get("domain"), start };
  if (!TELEGRAM.has(url.hostname)) return null;
  const username = url.pathname.slice(1);
  return /^\w+$/.test(username) ? { username, start } : null;
}

/** /?bot=<username>&start=x of this page; taken out of the address, so that a reload does not send it again. */
export function takeVisit() {
  const url = new URL(location.href);
  const username = url.searchParams.get("bot");
  if (!username) return null;
  const start = url.searchParams.get("start");
  url.searchParams.delete("start");
  url.searchParams.delete("bot");
  history.replaceState(history.state, "", url);
  return { username, start };
}
