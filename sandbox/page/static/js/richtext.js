// Bot API entities → elements. Offsets are UTF-16 units, which is what JavaScript strings count in.

import { h } from "./dom.js";
import { safeAddress } from "./links.js";

/** Nodes for `text`; `on` has link(address, event), command(text) and mention(username). */
export function richText(text, entities, on) {
  const sorted = (entities ?? [])
    .map((one) => ({ ...one, end: one.offset + one.length }))
    .sort((a, b) => a.offset - b.offset || b.end - a.end);
  return build({ text, on }, sorted, 0, text.length);
}

function build(context, entities, start, end) {
  const nodes = [];
  let at = start;
  const queue = [...entities];
  while (queue.length) {
    const entity = queue.shift();
    if (entity.end <= at || entity.end > end) continue;
    entity.offset = Math.max(entity.offset, at);
    const block = BLOCKS.has(entity.type);
    if (entity.offset > at) nodes.push(trimmedBefore(block, context.text.slice(at, entity.offset)));
    const [inside, beyond] = split(queue, entity);
    queue.unshift(...beyond);
    const children = build(context, inside, entity.offset, entity.end);
    nodes.push(dress(context, entity, children));
    at = block && context.text[entity.end] === "\n" ? entity.end + 1 : entity.end;
  }
  if (at < end) nodes.push(context.text.slice(at, end));
  return nodes;
}

// A block begins and ends a line by itself: the line breaks beside it would show as empty lines.
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const trimmedBefore = (block, text) => (block ? text.replace(/\n$/, "") : text);

/** Takes what starts inside `outer` off the queue; an entity that runs over its end goes on after it. */
function split(queue, outer) {
  const inside = [];
  const beyond = [];
  while (queue.length && queue[0].offset < outer.end) {
    const inner = queue.shift();
    const end = Math.min(inner.end, outer.end);
    inside.push({ ...inner, end, length: end - inner.offset });
    if (inner.end > end) beyond.push({ ...inner, offset: end, length: inner.end - end });
  }
  return [inside, beyond];
}

const PLAIN = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

function dress(context, entity, children) {
  const words = context.text.slice(entity.offset, entity.end);
  const tag = PLAIN[entity.type];
  if (tag) return h(tag, {}, children);
  return (SPECIAL[entity.type] ?? asSpan)(children, { entity, words, on: context.on });
}

const asSpan = (children, { entity }) => h("span", { class: `entity-${entity.type}` }, children);

function link(children, address, on) {
  const safe = safeAddress(address);
  if (!safe) return h("span", {}, children);
  const onclick = (event) => on.link(safe, event);
  return h("a", { href: safe, target: "_blank", rel: "noopener noreferrer", onclick }, children);
}

const action = (children, run) => h("button", { type: "button", class: "text-link", onclick: run }, children);

function spoiler(children) {
  const reveal = (event) => {
    const hidden = event.currentTarget;
    if (hidden.classList.contains("shown")) return;
    event.stopPropagation();
    event.preventDefault();
    hidden.classList.add("shown");
    hidden.removeAttribute("role");
    hidden.removeAttribute("aria-label");
  };
  const onkeydown = (event) => event.key === "Enter" && reveal(event);
  const label = "Hidden text, press to show";
  const properties = { class: "spoiler", role: "button", tabindex: "0", "aria-label": label, onkeydown };
  const element = h("span", properties, h("span", {}, children));
  element.addEventListener("click", reveal, true);
  return element;
}

function preformatted(children, { entity }) {
  return h("pre", {}, entity.language && h("span", { class: "pre-language" }, entity.language), h("code", {}, children));
}

function expandable(children) {
  const open = (event) => event.currentTarget.classList.toggle("folded");
  return h("blockquote", { class: "folded expandable", onclick: open }, children);
}

const SPECIAL = {
  spoiler,
  pre: preformatted,
  blockquote: (children) => h("blockquote", {}, children),
  expandable_blockquote: expandable,
  text_link: (children, { entity, on }) => link(children, entity.url, on),
  url: (children, { words, on }) => link(children, words.includes("://") ? words : `https://${words}`, on),
  email: (children, { words, on }) => link(children, `mailto:${words}`, on),
  phone_number: (children, { words, on }) => link(children, `tel:${words}`, on),
  mention: (children, { words, on }) => action(children, () => on.mention(words.slice(1))),
  bot_command: (children, { words, on }) => action(children, () => on.command(words)),
};
