"""What the maker of films is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilmRequest:
    """One submission. The same `token` always carries the same content."""

    token: str
    user_id: int
    project_id: int
    clips: tuple[str, ...]
    """Keys of videos in the object store, in their order."""
    seconds: tuple[float, ...]
    """How long each of them is."""
    height: int
    transition: str
    title: str | None
    music: str | None
    """The mark of the project's music as it was ordered (see content.music_mark); None for a film without."""
