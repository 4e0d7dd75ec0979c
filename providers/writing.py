"""What a language model does for us: writes a better prompt, and says whether a prompt and a photo may be used.

Its answers are text from a stranger. They are held to a schema, decide nothing but what is said here, and never touch
credits.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final, Protocol

MOST_UNITS: Final = 1000
"""UTF-16 code units of an improved prompt: what the strictest of our clip models takes."""

_LINK = re.compile(r"\S*://\S*|\bt\.me/\S*|\bwww\.\S*", re.IGNORECASE)


class Verdict(StrEnum):
    SAFE = "safe"
    UNSAFE = "unsafe"
    UNDECIDED = "undecided"
    """The model refused, failed, or answered something else than was asked. Never to be taken for safe."""


class Writer(Protocol):
    async def improve(self, prompt: str, *, system: str, language: str) -> str:
        """A better prompt, written as `system` says in the language of this code (`es`). Raises ProviderError."""
        ...

    async def moderate(self, prompt: str, photo: bytes | None = None) -> Verdict:
        """Whether a clip of this may be made. The photo is a JPEG. Raises nothing: not knowing is a verdict."""
        ...

    async def close(self) -> None: ...


def tidy(text: str, most_units: int = MOST_UNITS) -> str:
    """A model's text as one line without links or invisible characters, cut between words at so many UTF-16 units."""
    visible = "".join(one if unicodedata.category(one)[0] != "C" or one == "\u200d" else " " for one in text)
    line = " ".join(_LINK.sub(" ", visible).split()).strip("\"'«»“”` ")
    words = line.split(" ")
    while _units(" ".join(words)) > most_units and len(words) > 1:
        words.pop()
    short = " ".join(words)
    return short if _units(short) <= most_units else ""


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
