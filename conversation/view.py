"""What every view is made of: a text in Telegram's HTML and buttons, within Telegram's limits.

A view is a pure function from what a service returned to a `View`, in the language being spoken.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

CAPTION_LIMIT: Final = 1024
TEXT_LIMIT: Final = 4096
"""UTF-16 code units after the tags are parsed."""
MARK: Final = "✓ "

# What turns the reading direction of all that follows it, and what shows as nothing but breaks lines.
_UNSHOWN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_JOINERS: Final = "\u200d\u200c"  # parts of emoji and of some scripts


@dataclass(frozen=True, slots=True)
class View:
    text: str
    keyboard: InlineKeyboardMarkup | None = None


Button = InlineKeyboardButton


def button(text: str, data: CallbackData) -> Button:
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def url_button(text: str, url: str) -> Button:
    return InlineKeyboardButton(text=text, url=url)


def app_button(text: str, url: str) -> Button:
    """Opens a page of ours inside Telegram, which tells that page who is looking. For private chats only."""
    return InlineKeyboardButton(text=text, web_app=WebAppInfo(url=url))


def choice(text: str, data: CallbackData, *, chosen: bool) -> Button:
    return button(MARK + text if chosen else text, data)


def rows(*lines: Sequence[Button]) -> InlineKeyboardMarkup:
    """A keyboard of these rows; empty ones are left out."""
    return InlineKeyboardMarkup(inline_keyboard=[list(line) for line in lines if line])


def in_rows_of(width: int, buttons: Sequence[Button]) -> list[list[Button]]:
    rest = iter(buttons)
    return list(iter(lambda: list(islice(rest, width)), []))


def units(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def theirs(text: str, limit: int) -> str:
    """What a person wrote, safe to show: one line, at most `limit` UTF-16 units, escaped for HTML."""
    return html.escape(shortened(one_line(text), limit), quote=False)


def one_line(text: str) -> str:
    kept = (mark if mark in _JOINERS or unicodedata.category(mark) not in _UNSHOWN else " " for mark in text)
    return " ".join("".join(kept).split())


def shortened(text: str, limit: int) -> str:
    """Cut to `limit` UTF-16 units, with "…" where something is missing, and never within a letter and its accents."""
    if units(text) <= limit:
        return text
    length, end = 1, 0  # the "…" is one unit
    for end, mark in enumerate(text):  # noqa: B007 - the place where it no longer fits
        length += units(mark)
        if length > limit:
            break
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] in _JOINERS):
        end -= 1
    return text[:end].rstrip() + "…"


def lines(*parts: str | None) -> str:
    """One line each; what is None or empty is left out."""
    return "\n".join(part for part in parts if part)


def paragraphs(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)
