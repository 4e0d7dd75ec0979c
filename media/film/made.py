"""The pieces of one film that are not copied from clips: fetched where they are kept, else encoded and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count, pairwise
from pathlib import Path
from typing import Final

from media.errors import ClipRefused, FfmpegFailed
from media.ffmpeg import Progress
from media.film.encoding import encode
from media.film.facts import Parts
from media.film.frame import Frame
from media.film.graph import Graph
from media.film.plan import Piece, Stretch, agrees, copyable
from media.film.remux import write
from media.film.source import Source, read
from media.film.stoppable import in_thread
from media.film.title import make_title, title_digest, title_frames

_ENCODED_AT: Final = 0.95
"""How far a film is when only joining is left."""


class Made:
    """Makes stretches of `pieces` in `folder`, all with `headers`."""

    def __init__(
        self, frame: Frame, headers: bytes, parts: Parts, folder: Path, on_progress: Callable[[float], None] | None
    ) -> None:
        self.headers = headers
        self._frame, self._parts, self._folder = frame, parts, folder
        self._on_progress = on_progress
        self._wanted = self._done = 0
        self._numbers = count()

    async def title(self, name: str) -> Source:
        """The card as a clip that agrees with everything encoded here."""
        digest = title_digest(name, self._frame, self.headers)
        kept = await self._kept(digest, title_frames(self._frame))
        if kept is not None:
            return kept
        path = self._path()
        await make_title(name, path, self._frame)
        return await self._keep(digest, path)

    async def stretches(self, pieces: Sequence[Piece]) -> list[Stretch]:
        """Something to copy from for each piece."""
        digests = await in_thread(lambda _stop: [self._digest(piece) for piece in pieces])
        ready = [await self._ready(piece, digest) for piece, digest in zip(pieces, digests, strict=True)]
        self._wanted = sum(piece.frames for piece, one in zip(pieces, ready, strict=True) if one is None)
        place = 0
        while place < len(pieces):
            if ready[place] is None:
                run = _one_run(pieces[place : place + 2], ready[place : place + 2])
                made = await self._encoded(run)
                for offset, one in enumerate(made):
                    source = await self._keep(digests[place + offset], one)
                    ready[place + offset] = Stretch(source, 0, run[offset].frames)
            place += 1
        return [one for one in ready if one is not None]

    def _digest(self, piece: Piece) -> str:
        return "" if piece.copied else piece.digest(self._frame, self.headers)

    async def _ready(self, piece: Piece, digest: str) -> Stretch | None:
        if piece.copied:
            return piece.stretches[0]
        kept = await self._kept(digest, piece.frames)
        return None if kept is None else Stretch(kept, 0, piece.frames)

    async def _kept(self, digest: str, frames: int) -> Source | None:
        """The part as it was kept. One that is damaged is as good as none: it is encoded anew and takes its place."""
        path = self._path()
        if not await self._parts.fetch(digest, path):
            return None
        try:
            part = await in_thread(lambda _stop: read(path))
        except ClipRefused:
            return None
        whole = self._frame.count(part) == frames and copyable(part, 0, frames)
        return part if whole and agrees(part, self._frame, self.headers) else None

    async def _keep(self, digest: str, path: Path) -> Source:
        made = await in_thread(lambda _stop: read(path))
        if made.headers != self.headers:
            raise FfmpegFailed("ffmpeg encoded with other parameter sets than before", status=0)
        await self._parts.keep(digest, path)
        return made

    async def _encoded(self, run: Sequence[Piece]) -> list[Path]:
        """Encode pieces that follow each other in one run, so that the clip they share is decoded once; a file each."""
        graph = Graph(run, self._frame, self.headers)
        begins = [sum(piece.frames for piece in run[:number]) for number in range(len(run) + 1)]
        whole, done = self._path(), self._done
        made = await encode(
            *(graph.inputs, graph.text, whole, self._frame),
            frames=begins[-1],
            keys=tuple(begins[:-1]),
            on_progress=lambda progress: self._tell(done, progress),
        )
        self._done += begins[-1]
        if len(run) == 1:
            return [whole]
        paths = []
        for first, last in pairwise(begins):
            if not copyable(made, first, last):
                raise FfmpegFailed(f"no key frame at {first}, or frames after {last} are needed before it", status=0)
            paths.append(await self._cut_out(Stretch(made, first, last)))
        whole.unlink()
        return paths

    async def _cut_out(self, stretch: Stretch) -> Path:
        path = self._path()
        await in_thread(lambda stop: write([stretch], self._frame.rate, path, sound=None, stop=stop))
        return path

    def _tell(self, done: int, progress: Progress) -> None:
        if self._on_progress is not None and self._wanted:
            self._on_progress(min(1.0, (done + progress.frames) / self._wanted) * _ENCODED_AT)

    def _path(self) -> Path:
        return self._folder / f"{next(self._numbers)}.mp4"


def _one_run(pieces: Sequence[Piece], ready: Sequence[Stretch | None]) -> Sequence[Piece]:
    """A body, and the seam after it if that is to be encoded too."""
    begins_a_seam = len(pieces) == 2 and len(pieces[0].stretches) == 1 and len(pieces[1].stretches) == 2
    return pieces if begins_a_seam and ready[1] is None else pieces[:1]
