// Times, sizes, names and colours the way a person reads them.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const thisYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });
const otherYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });
const short = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });

const DAY = 86_400_000;

export const timeOf = (seconds) => clock.format(seconds * 1000);

export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

function daysAgo(seconds) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(new Date(seconds * 1000))) / DAY);
}

export function dayOf(seconds) {
  const ago = daysAgo(seconds);
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  const date = new Date(seconds * 1000);
  return (date.getFullYear() === new Date().getFullYear() ? thisYear : otherYear).format(date);
}

export const shortTime = (seconds) => (daysAgo(seconds) === 0 ? timeOf(seconds) : short.format(seconds * 1000));

/** 75 → "1:15" */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  while (value >= 1000 && units.length > 1) {
    value /= 1000;
    units.shift();
  }
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${units[0]}`;
}

export const fullName = (person) => [person.first_name ?? person.name, person.last_name].filter(Boolean).join(" ");

export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean).slice(0, 2);
  return words.map((word) => [...word][0].toLocaleUpperCase()).join("") || "?";
}

const WARM = [22, 36, 26, 14, 345]; // hues of bots, so that none looks like a person

/** The pair of colours of an avatar: a person's own, or for a bot a warm one that follows its id. */
export function avatarColors({ id, color }) {
  if (color) return [color, `color-mix(in oklab, ${color}, black 22%)`];
  const hue = WARM[id % WARM.length];
  return [`hsl(${hue} 76% 62%)`, `hsl(${hue - 8} 68% 42%)`];
}

const KINDS = {
  photo: "Photo", video: "Video", animation: "GIF", audio: "Audio", voice: "Voice message", document: "File",
  sticker: "Sticker", video_note: "Video message", location: "Location", contact: "Contact", poll: "Poll",
  dice: "Dice",
};

/** One line that stands for a message: in the chat list, in a reply, for a screen reader. */
export function summary(message) {
  const words = message.text ?? message.caption;
  const kind = Object.keys(KINDS).find((name) => message[name] !== undefined);
  const label = kind === "document" && message.document.file_name ? message.document.file_name : KINDS[kind];
  if (message.invoice) return message.invoice.title;
  if (message.successful_payment) return `Payment of ${message.successful_payment.total_amount} Stars`;
  if (message.refunded_payment) return `${message.refunded_payment.total_amount} Stars came back`;
  if (words) return kind && !message.text ? `${label}: ${words}` : words;
  if (message.pinned_message) return "Pinned a message";
  return label ?? "Message";
}
