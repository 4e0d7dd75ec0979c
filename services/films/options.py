"""How somebody would like their film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from services.errors import ChoiceNotOffered

HEIGHTS: Final = (480, 720, 1080)
"""Pixels of the shorter side."""
TRANSITIONS: Final = ("cut", "fade", "cross")


@dataclass(frozen=True, slots=True)
class FilmOptions:
    height: int
    music: bool
    transition: str
    title: bool
    """It begins with a card that has the project's name on it."""

    def __post_init__(self) -> None:
        """Raises ChoiceNotOffered."""
        if self.height not in HEIGHTS or self.transition not in TRANSITIONS:
            raise ChoiceNotOffered(f"no film of {self.height} with {self.transition}")

    def as_json(self) -> dict[str, Any]:
        return {"height": self.height, "music": self.music, "transition": self.transition, "title": self.title}
