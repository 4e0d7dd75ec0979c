"""Approved clips become one film: copied where they agree, encoded anew only where they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from media.film.facts import FilmFacts, Parts, Transition
from media.film.length import film_seconds

if TYPE_CHECKING:
    from media.film.joining import join

__all__ = ["FilmFacts", "Parts", "Transition", "film_seconds", "join"]


def __getattr__(name: str) -> object:
    """`join` is loaded when it is first wanted: many ask how long a film is, and need no codecs for that."""
    if name != "join":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from media.film.joining import join

    globals()["join"] = join
    return join
