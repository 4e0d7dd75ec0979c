"""Projects that films can be made of, and a joining that takes no time."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from services.films.films import FilmView
from services.films.options import FilmOptions
from storage.tables import User
from tests.media.clips import make_clip
from tests.support.builders import Shop

PLAIN = FilmOptions(480, music=False, transition="cut", title=False)


@dataclass
class Joinery:
    """In the place of `media.film.join`: gives a ready film as long as five seconds a clip, and counts."""

    joined: list[dict[str, Any]] = field(default_factory=list)
    stopped: int = 0
    fails: list[Exception] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event | None = None
    """It waits for this at the half of its work."""

    async def join(self, clips: Sequence[Path], into: Path, **how: Any) -> None:
        assert all(clip.stat().st_size for clip in clips)
        self.joined.append({"clips": len(clips), **how})
        how["on_progress"](0.5)
        self.begun.set()
        try:
            if self.go is not None:
                await self.go.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        if self.fails:
            raise self.fails.pop(0)
        await asyncio.to_thread(shutil.copyfile, ready_film(5.0 * len(clips), how["height"]), into)


@cache
def ready_film(seconds: float, height: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ready-film-"))
    return make_clip(folder / "film.mp4", seconds=seconds, size=(round(height * 16 / 18) * 2, height), rate=4)


async def project_of(shop: Shop, user: User, clips: int = 2) -> int:
    """The id of a project with so many approved clips of five seconds."""
    project = await shop.projects.start(user.id)
    for _ in range(clips):
        await shop.takes.approve(user.id, (await shop.take_of(user)).id)
    return project.id


async def film_of(shop: Shop, user: User, project_id: int, options: FilmOptions = PLAIN) -> FilmView:
    """Ordered and made."""
    ordered = await shop.films.order(user.id, project_id, options)
    assert await shop.worker().run_next("maker") == ordered.film.job_id
    return await shop.films.view(user.id, ordered.film.id)
