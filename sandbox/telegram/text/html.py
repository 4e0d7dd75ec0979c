"""Telegram's HTML style (Bot API, "HTML style"): few tags, every one closed, everything else refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.telegram.model import Json
from sandbox.telegram.text.entities import CannotParse, Formatted

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#(\d{1,8})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));?")
_TOKEN = re.compile(r"[^<&]+|&|<")
_NAME = re.compile(r"</?([^\s/>]*)")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
_UNIX_TIME = re.compile(r"[0-9]{1,11}")
_URL = re.compile(r"^(?:https?|tg|ftp|tonsite)://\S+|^mailto:\S+|^[\w.-]+\.[a-z]{2,}\S*", re.IGNORECASE)


@dataclass
class _Open:
    name: str
    start: int
    attributes: dict[str, str]
    first_piece: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source, self.position = source, 0
        self.out = Formatted()
        self.open: list[_Open] = []

    def complaint(self, text: str, position: int) -> CannotParse:
        return CannotParse(f"{text} at byte offset {len(self.source[:position].encode())}")

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            if self.source[self.position] == "&":
                self.character()
            elif self.source[self.position] == "<":
                self.tag()
            else:
                self.plain()
        if self.open:
            raise CannotParse(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return self.out.finish()

    def plain(self) -> None:
        found = _TOKEN.match(self.source, self.position)
        if found:
            self.out.write(found[0])
            self.position = found.end()

    def character(self) -> None:
        found = _ENTITY.match(self.source, self.position)
        text = _decoded(found) if found else None
        self.out.write(text or "&")
        self.position = found.end() if found and text else self.position + 1

    def tag(self) -> None:
        begin = self.position
        named = _NAME.match(self.source, begin)
        name = named[1].lower() if named else ""
        self.position = named.end() if named else begin + 1
        if self.source.startswith("</", begin):
            self.end_tag(begin, name)
        else:
            self.start_tag(begin, name)

    def start_tag(self, begin: int, name: str) -> None:
        if name not in _TAGS:
            raise self.complaint(f'Unsupported start tag "{name}"', begin)
        attributes = self.attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self.complaint('Tag "span" must have class "tg-spoiler"', begin)
        if name == "tg-time" and not _UNIX_TIME.fullmatch(attributes.get("unix", "")):
            raise self.complaint('Invalid "unix" attribute', begin)
        self.open.append(_Open(name, self.out.length, attributes, len(self.out.pieces)))

    def attributes(self, name: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            rest = self.source[self.position :]
            if (stripped := rest.lstrip()).startswith(">"):
                self.position += len(rest) - len(stripped) + 1
                return attributes
            found = _ATTRIBUTE.match(self.source, self.position)
            if not found:
                raise self.complaint(f'Unclosed start tag "{name}"', begin)
            value = next((group for group in found.groups()[1:] if group is not None), "")
            attributes[found[1].lower()] = _ENTITY.sub(lambda entity: _decoded(entity) or entity[0], value)
            self.position = found.end()

    def end_tag(self, begin: int, name: str) -> None:
        rest = self.source[self.position :]
        if not rest.lstrip().startswith(">"):
            raise self.complaint("Unclosed end tag", begin)
        self.position += rest.index(">") + 1
        if not self.open:
            raise self.complaint("Unexpected end tag", begin)
        opened = self.open.pop()
        if name not in ("", opened.name):
            unmatched = self.complaint("Unmatched end tag", begin)
            raise CannotParse(f'{unmatched.reason}, expected "</{opened.name}>", found "</{name}>"')
        self.close(opened)

    def close(self, opened: _Open) -> None:
        kind, attributes = _TAGS[opened.name], opened.attributes
        if opened.name == "a":
            self.link(opened)
        elif opened.name == "tg-emoji":
            self.out.mark(opened.start, kind, custom_emoji_id=attributes.get("emoji-id", ""))
        elif opened.name == "tg-time":
            self.out.mark(opened.start, kind, unix_time=int(attributes["unix"]))
        elif opened.name == "blockquote" and "expandable" in attributes:
            self.out.mark(opened.start, "expandable_blockquote")
        elif opened.name == "pre":
            self.out.mark(opened.start, kind, **self.language(opened))
        elif not (opened.name == "code" and self.open and self.open[-1].name == "pre"):
            self.out.mark(opened.start, kind)
        else:
            self.open[-1].attributes.setdefault("class", attributes.get("class", ""))

    def link(self, opened: _Open) -> None:
        url = opened.attributes.get("href") or "".join(self.out.pieces[opened.first_piece :])
        if _URL.match(url):
            self.out.mark(opened.start, "text_link", url=url)

    def language(self, opened: _Open) -> dict[str, str]:
        css = opened.attributes.get("class", "")
        return {"language": css.removeprefix("language-")} if css.startswith("language-") else {}


def _decoded(entity: re.Match[str]) -> str | None:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return _NAMED.get(name)
    code = int(decimal) if decimal else int(hexadecimal, 16)
    usable = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if usable else None


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the text and entities of HTML. Raises CannotParse, in Telegram's words, with a byte offset."""
    return _Parser(source).run()
