"""Plain text with MessageEntity objects; offsets and lengths count UTF-16 units (Bot API, MessageEntity)."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import Json


def units(text: str) -> int:
    """Return a text's length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


class CannotParse(BadRequest):
    """400 for text whose formatting is wrong; `reason` is what follows "can't parse entities"."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"can't parse entities: {reason}")
        self.reason = reason


@dataclass
class Formatted:
    """Text under construction, with the entities found so far."""

    pieces: list[str] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)
    length: int = 0

    def write(self, text: str) -> None:
        """Append text."""
        self.pieces.append(text)
        self.length += units(text)

    def mark(self, start: int, kind: str, **more: str | int) -> None:
        """Make everything since `start` (UTF-16 units) an entity, unless that is nothing."""
        if self.length > start:
            self.entities.append({"type": kind, "offset": start, "length": self.length - start} | more)

    def finish(self) -> tuple[str, list[Json]]:
        """Return the text without white space around it, and its entities in order."""
        return trimmed("".join(self.pieces), self.entities)


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip white space around a text and clip its entities to what is left."""
    left = units(text) - units(text.lstrip())
    stripped = text.strip()
    end = units(stripped)
    clipped = []
    for entity in entities:
        start = max(0, entity["offset"] - left)
        stop = min(end, entity["offset"] + entity["length"] - left)
        if start < stop:
            clipped.append(entity | {"offset": start, "length": stop - start})
    return stripped, sorted(clipped, key=lambda entity: (entity["offset"], -entity["length"]))
