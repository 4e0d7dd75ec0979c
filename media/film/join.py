"""The way from approved clips to one film."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from media.film.facts import FilmFacts, Parts, Transition


async def join(
    clips: Sequence[Path],
    into: Path,
    *,
    height: int,
    transition: Transition,
    title: str | None,
    music: Path | None,
    parts: Parts,
    on_progress: Callable[[float], None] | None = None,
) -> FilmFacts:
    """Write `clips`, verified MP4 files, one after another into one MP4 (H.264, AAC, the index in front).

    `height` is the short side in pixels, so that 720 is 1280×720 or 720×1280; the film has the shape most clips have,
    and clips of another shape are shown whole before a blurred copy of themselves. `title` is drawn as a card before
    the first clip. `music` is an AAC .m4a of the film's length (`film_seconds`), copied as it is; only where clips have
    sound of their own is it mixed with that. What had to be encoded is asked of `parts` first and then kept there.
    `on_progress` hears how far it is, 0 … 1. Cancelled or failed, it leaves nothing behind at `into`.

    Raises:
        ValueError: there are no clips.
        ClipRefused: a clip cannot be read.
        FfmpegFailed: encoding failed, or took too long (FfmpegTimeout).
    """
    raise NotImplementedError
