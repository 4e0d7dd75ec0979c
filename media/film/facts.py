"""What goes into a film and what comes out, in words others use too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

Transition: TypeAlias = Literal["cut", "fade", "cross"]
"""From clip to clip: at once, through black, or one dissolving into the next."""


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """A finished film: pixels, seconds, frames, bytes."""

    width: int
    height: int
    seconds: float
    frames: int
    size_bytes: int


class Parts(Protocol):
    """Where pieces that had to be encoded are kept for the next film of the same clips.

    A digest names all that a part depends on, so a part is never out of date, and losing one only costs time.
    """

    async def fetch(self, digest: str, into: Path) -> bool:
        """Write the part to `into` and return True, or return False when it is not kept."""
        ...

    async def keep(self, digest: str, part: Path) -> None:
        """Keep a copy of the file `part`, an MP4 without sound, under `digest` (64 hexadecimal digits)."""
        ...
