"""The way from approved clips to one film."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from media.film.encoding import headers
from media.film.facts import FilmFacts, Parts, Transition
from media.film.frame import Frame, chosen
from media.film.length import transition_seconds
from media.film.made import Made
from media.film.plan import Stretch, planned, starts
from media.film.remux import write
from media.film.sound import Heard, mix
from media.film.source import Source, read
from media.film.stoppable import Stop, in_thread


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
    if not clips:
        raise ValueError("a film has at least one clip")
    with tempfile.TemporaryDirectory(prefix="film-") as folder, _nothing_left_after_an_error(into):
        sources = await in_thread(lambda stop: _read_all(clips, stop))
        frame = chosen(sources, height)
        made = Made(frame, await _headers(sources, frame, transition, title), parts, Path(folder), on_progress)
        if title is not None:
            sources.insert(0, await made.title(title))
        blend = round(transition_seconds([source.seconds for source in sources]) * frame.rate)
        pieces = planned(sources, frame, made.headers, transition=transition, blend=blend)
        stretches = await made.stretches(pieces)
        sound = await _sound(sources, frame, transition, blend, music, Path(folder))
        await in_thread(lambda stop: write(stretches, frame.rate, into, sound=sound, stop=stop))
        facts = await asyncio.to_thread(_facts, into, frame, stretches)
    if on_progress is not None:
        on_progress(1.0)
    return facts


@contextlib.contextmanager
def _nothing_left_after_an_error(into: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:  # cancellation too
        into.unlink(missing_ok=True)
        raise


def _read_all(clips: Sequence[Path], stop: Stop) -> list[Source]:
    sources = []
    for clip in clips:
        stop.check()
        sources.append(read(clip))
    return sources


async def _headers(sources: Sequence[Source], frame: Frame, transition: Transition, title: str | None) -> bytes:
    """The parameter sets the film will have: those of its clips if they all agree and nothing is added, else ours.

    A decoder is given them once, before the first frame, so all of a film must have the same.
    """
    theirs = {source.headers if frame.suits(source) else b"" for source in sources}
    if title is None and (transition == "cut" or len(sources) == 1) and len(theirs) == 1 and theirs != {b""}:
        return theirs.pop()
    return await headers(frame)


async def _sound(
    sources: Sequence[Source],
    frame: Frame,
    transition: Transition,
    blend: int,
    music: Path | None,
    folder: Path,
) -> Path | None:
    """The music as it is, or mixed with the sound of clips that have some."""
    if not any(source.has_sound for source in sources):
        return music
    begun = starts(sources, frame, transition=transition, blend=blend)
    fades = float(blend / frame.rate) if transition != "cut" else 0.0
    last = len(sources) - 1
    heard = [
        Heard(
            source.path,
            begun[place] / frame.rate,
            frame.count(source) / frame.rate,
            rises=fades * (place > 0),
            falls=fades * (place < last),
        )
        for place, source in enumerate(sources)
        if source.has_sound
    ]
    mixed = folder / "sound.m4a"
    await mix(heard, music, mixed, Fraction(begun[-1] + frame.count(sources[-1])) / frame.rate)
    return mixed


def _facts(film: Path, frame: Frame, stretches: Sequence[Stretch]) -> FilmFacts:
    count = sum(stretch.frames for stretch in stretches)
    return FilmFacts(frame.width, frame.height, float(count / frame.rate), count, film.stat().st_size)
