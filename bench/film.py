"""Films: joining ten agreeing clips of 5 s (1280×720, 24 a second) with their music, and with cross-fades.

Goals, each against ffmpeg in the same rounds (medians of ratios): joined with fitted music in at most 0.5 × the time of
ffmpeg's concat copying both, no frame lost; cross-fades in at most 1.2 × the processor time of ffmpeg encoding the same
clips plainly with the same settings. And a second film after one clip was changed encodes at most 1.1 × as many frames
as that clip has: it, and the seams on both sides.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import av

from bench.render import PROMPTS, _photograph
from media.ffmpeg import ffmpeg_path
from media.film import FilmFacts, Transition, film_seconds, join
from media.film.encoding import ENCODER, THREADS
from providers.local.prompt import plan
from providers.local.render import render

SIZE, SECONDS, CLIPS, CROSSED = (1280, 720), 5.0, 10, 6
COPY_ROUNDS, ENCODE_ROUNDS = 9, 3
GOAL_COPY, GOAL_CROSS, GOAL_AGAIN = 0.5, 1.2, 1.1


class Shelf:
    """Parts on disk, and how many frames of them were put there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self.frames = 0

    async def fetch(self, digest: str, into: Path) -> bool:
        return await asyncio.to_thread(self._copied, self._folder / digest, into)

    async def keep(self, digest: str, part: Path) -> None:
        await asyncio.to_thread(self._copied, part, self._folder / digest)
        self.frames += await asyncio.to_thread(_frames, part)

    @staticmethod
    def _copied(path: Path, into: Path) -> bool:
        if path.exists():
            shutil.copyfile(path, into)
        return path.exists()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bench-film-") as name:
        folder = Path(name)
        clips = [_clip(folder / f"{number}.mp4", number) for number in range(CLIPS)]
        met = [asyncio.run(_copied(clips, folder)), *asyncio.run(_crossed(clips, folder))]
    print("all goals are met" if all(met) else "A GOAL IS MISSED")
    return 0 if all(met) else 1


def _clip(path: Path, number: int) -> Path:
    wanted = plan(PROMPTS[number % len(PROMPTS)], number)
    render(_photograph(), wanted, path, size=SIZE, seconds=SECONDS)
    return path


async def _copied(clips: list[Path], folder: Path) -> bool:
    shelf = Shelf(folder / "none")
    music = _music(folder / "music.m4a", film_seconds([SECONDS] * CLIPS, "cut", False))
    ours, theirs = [], []
    for _ in range(COPY_ROUNDS):
        begun = time.perf_counter()
        facts = await _joined(clips, folder / "ours.mp4", "cut", music, shelf)
        between = time.perf_counter()
        _concat_copied(clips, music, folder / "theirs.mp4")
        ours.append(between - begun)
        theirs.append(time.perf_counter() - between)
    ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
    lost = sum(map(_frames, clips)) - _frames(folder / "ours.mp4")
    seconds = f"{statistics.median(ours):.2f} / {statistics.median(theirs):.2f} s"
    print(
        f"{CLIPS} clips and music joined: {ratio:4.2f} × ffmpeg's concat copy ({seconds}), {lost} frames lost, ", end=""
    )
    print(f"{facts.seconds:g} s, {facts.size_bytes / 1e6:.1f} MB; goal {GOAL_COPY}")
    return ratio <= GOAL_COPY and lost == 0 and shelf.frames == 0


async def _crossed(clips: list[Path], folder: Path) -> list[bool]:
    first = clips[:CROSSED]
    changed = [*first[:2], clips[CROSSED], *first[3:]]
    ratios, walls, again = [], [], []
    for number in range(ENCODE_ROUNDS):
        shelf = Shelf(folder / f"shelf{number}")
        film = folder / "crossed.mp4"
        cpu, wall = await _spent(lambda: _joined(first, film, "cross", None, shelf))  # noqa: B023  # awaited at once
        plain, plain_wall = await _spent(lambda: asyncio.to_thread(_encoded_plainly, first, folder / "plain.mp4"))
        ratios.append(cpu / plain)
        walls.append(wall / plain_wall)
        before = shelf.frames
        second, _ = await _spent(lambda: _joined(changed, film, "cross", None, shelf))  # noqa: B023
        again.append(second / plain)
    touched = (shelf.frames - before) / _frames(clips[CROSSED])
    share = (shelf.frames - before) / _frames(film)
    print(f"cross-faded: {statistics.median(ratios):4.2f} × ffmpeg encoding plainly, of processor time ", end="")
    print(f"({statistics.median(walls):4.2f} × of wall-clock time); goal {GOAL_CROSS}")
    print(f"once more with one clip changed: {touched:4.2f} × its frames encoded; goal {GOAL_AGAIN}; ", end="")
    print(f"that is {share:.0%} of the film, {statistics.median(again):4.2f} × encoding all of it plainly")
    return [statistics.median(ratios) <= GOAL_CROSS, touched <= GOAL_AGAIN]


async def _joined(clips: list[Path], into: Path, transition: Transition, music: Path | None, parts: Shelf) -> FilmFacts:
    return await join(clips, into, height=720, transition=transition, title=None, music=music, parts=parts)


async def _spent(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Seconds of processor time, of this process and those it waited for, and of wall-clock time."""
    before, begun = _cpu(), time.perf_counter()
    await work()
    return _cpu() - before, time.perf_counter() - begun


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def _music(path: Path, seconds: float) -> Path:
    sine = ("-f", "lavfi", "-i", f"sine=330:duration={seconds}")
    _run(*sine, "-c:a", "aac", "-b:a", "160k", "-ac", "2", "-ar", "48000", str(path))
    return path


def _concat_copied(clips: list[Path], music: Path, into: Path) -> None:
    listed = _listed(clips, into)
    reading = ("-f", "concat", "-safe", "0", "-i", str(listed), "-i", str(music))
    _run(*reading, "-map", "0:v", "-map", "1:a", "-c", "copy", "-movflags", "+faststart", str(into))


def _encoded_plainly(clips: list[Path], into: Path) -> None:
    options = [part for name, value in ENCODER.items() for part in (f"-{name}", value)]
    reading = ("-f", "concat", "-safe", "0", "-i", str(_listed(clips, into)))
    writing = ("-c:v", "libx264", *options, "-threads", str(THREADS), "-movflags", "+faststart", str(into))
    _run(*reading, *writing)


def _listed(clips: list[Path], into: Path) -> Path:
    listed = into.with_suffix(".txt")
    listed.write_text("".join(f"file '{clip}'\n" for clip in clips), encoding="utf-8")
    return listed


def _run(*arguments: str) -> None:
    """Bare: what is measured against is ffmpeg as anybody would call it."""
    subprocess.run([ffmpeg_path(), "-nostdin", "-loglevel", "error", "-y", *arguments], check=True)


def _frames(path: Path) -> int:
    with av.open(path) as container:
        return sum(packet.pts is not None for packet in container.demux(video=0))


if __name__ == "__main__":
    sys.exit(main())
