"""Telegram's MarkdownV2 and its older Markdown style (Bot API, "Formatting options")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.telegram.model import Json
from sandbox.telegram.text.entities import CannotParse, Formatted

_RESERVED = "_*[]()~`>#+-=|{}.!"
_MARKS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
_NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
}
_LINK = re.compile(r"\]\(((?:\\.|[^()\\\s])+)\)")
_OLD_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


@dataclass
class _Open:
    kind: str
    start: int
    position: int


class _V2:
    def __init__(self, source: str) -> None:
        self.source, self.position = source, 0
        self.out = Formatted()
        self.open: list[_Open] = []
        self.quote: int | None = None

    def no_end(self, kind: str, position: int) -> CannotParse:
        where = len(self.source[:position].encode())
        return CannotParse(f"Can't find end of {kind} at byte offset {where}")

    def no_end_of_last(self) -> CannotParse:
        last = self.open[-1]
        return self.no_end(f"{_NAMES.get(last.kind, 'TextUrl')} entity", last.position)

    def ahead(self, text: str) -> bool:
        return self.source.startswith(text, self.position)

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            self.step()
        if self.open:
            raise self.no_end_of_last()
        self.end_quote()
        return self.out.finish()

    def step(self) -> None:
        at_line_start = self.position == 0 or self.source[self.position - 1] == "\n"
        if at_line_start and self.ahead(">"):
            self.quote = self.out.length if self.quote is None else self.quote
            self.position += 1
        elif at_line_start and self.quote is not None:
            self.end_quote()
            self.step()
        elif self.ahead("\\") and self.position + 1 < len(self.source):
            self.escaped()
        elif self.ahead("`"):
            self.code()
        elif self.ahead("||") and self.quote is not None and self.source[self.position + 2 :][:1] in ("", "\n"):
            self.end_spoiler_or_expandable()
        elif any(self.ahead(mark) for mark in _MARKS):
            self.mark(next(mark for mark in ("__", "||", "*", "_", "~") if self.ahead(mark)))
        elif self.ahead("[") or self.ahead("![") or self.ahead("]"):
            self.link()
        else:
            self.plain()

    def escaped(self) -> None:
        self.out.write(self.source[self.position + 1])
        self.position += 2

    def plain(self) -> None:
        character = self.source[self.position]
        if character in _RESERVED:
            raise CannotParse(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        self.out.write(character)
        self.position += 1

    def mark(self, mark: str) -> None:
        kind, begin = _MARKS[mark], self.position
        self.position += len(mark)
        if self.open and self.open[-1].kind == kind:
            opened = self.open.pop()
            self.out.mark(opened.start, kind)
        elif any(opened.kind == kind for opened in self.open):
            raise self.no_end_of_last()
        else:
            self.open.append(_Open(kind, self.out.length, begin))

    def code(self) -> None:
        mark = "```" if self.ahead("```") else "`"
        start, begin = self.out.length, self.position
        self.position += len(mark)
        language = self.code_language() if mark == "```" else ""
        while not self.ahead(mark):
            if self.position >= len(self.source):
                raise self.no_end(f"{'Pre' if mark == '```' else 'Code'} entity", begin)
            if self.ahead("\\") and self.source[self.position + 1 :][:1] in ("\\", "`"):
                self.position += 1
            self.out.write(self.source[self.position])
            self.position += 1
        self.position += len(mark)
        if mark == "```":
            self.out.mark(start, "pre", **({"language": language} if language else {}))
        else:
            self.out.mark(start, "code")

    def code_language(self) -> str:
        found = re.compile(r"([\w+#.-]*)\n").match(self.source, self.position)
        if not found:
            return ""
        self.position = found.end()
        return found[1]

    def link(self) -> None:
        if not self.ahead("]"):
            kind = "custom_emoji" if self.ahead("![") else "text_link"
            self.open.append(_Open(kind, self.out.length, self.position))
            self.position += 2 if kind == "custom_emoji" else 1
            return
        if not self.open or self.open[-1].kind not in ("text_link", "custom_emoji"):
            raise CannotParse("Character ']' is reserved and must be escaped with the preceding '\\'")
        opened = self.open.pop()
        found = _LINK.match(self.source, self.position)
        if not found:
            raise self.no_end("a URL", self.position)
        self.position = found.end()
        url = re.sub(r"\\(.)", r"\1", found[1])
        if opened.kind == "custom_emoji":
            self.out.mark(opened.start, "custom_emoji", custom_emoji_id=url.partition("id=")[2])
        else:
            self.out.mark(opened.start, "text_link", url=url)

    def end_spoiler_or_expandable(self) -> None:
        if self.open and self.open[-1].kind == "spoiler":
            self.mark("||")
            return
        self.position += 2
        self.end_quote("expandable_blockquote")

    def end_quote(self, kind: str = "blockquote") -> None:
        if self.quote is not None:
            self.out.mark(self.quote, kind)
            self.quote = None


def parse_markdown_v2(source: str) -> tuple[str, list[Json]]:
    """Return text and entities of MarkdownV2. Raises CannotParse, in Telegram's words."""
    return _V2(source).run()


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """Return text and entities of the older Markdown: bold, italic, code, pre and links, never nested."""
    out, position = Formatted(), 0
    while position < len(source):
        character = source[position]
        if character == "\\" and source[position + 1 :][:1] in tuple("_*`["):
            out.write(source[position + 1])
            position += 2
        elif character in "_*`":
            position = _old_mark(out, source, position)
        elif character == "[" and (found := _OLD_LINK.match(source, position)):
            start = out.length
            out.write(found[1])
            out.mark(start, "text_link", url=found[2])
            position = found.end()
        else:
            out.write(character)
            position += 1
    return out.finish()


def _old_mark(out: Formatted, source: str, position: int) -> int:
    mark = "```" if source.startswith("```", position) else source[position]
    stop = source.find(mark, position + len(mark))
    if stop < 0:
        where = len(source[:position].encode())
        raise CannotParse(f"Can't find end of the entity starting at byte offset {where}")
    start = out.length
    out.write(source[position + len(mark) : stop])
    out.mark(start, {"*": "bold", "_": "italic", "`": "code", "```": "pre"}[mark])
    return stop + len(mark)
