"""What a film is made of, as its project stands: the approved takes in their order, the music, the name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import FilmTooLong, NothingToJoin
from services.films.options import FilmOptions
from services.owned import owned_project
from storage.tables import Clip, Project, Soundtrack, Take

LONGEST_SECONDS: Final = 1800
"""More could not be made before the deadline of its job, on a small machine."""
FIRST_HEIGHT: Final = 720


@dataclass(frozen=True, slots=True)
class Content:
    project: Project
    takes: Sequence[Take]
    captions: Mapping[int, str]
    """By take: what is shown while it plays."""
    soundtrack: Soundtrack | None

    @property
    def seconds(self) -> float:
        return sum(take.seconds for take in self.takes)

    @property
    def usual(self) -> FilmOptions:
        """What is offered first."""
        return FilmOptions(
            FIRST_HEIGHT, self.soundtrack is not None, self.project.transition, self.project.name is not None
        )

    def possible(self, options: FilmOptions) -> FilmOptions:
        """The same without what there is none of."""
        music = options.music and self.soundtrack is not None
        return replace(options, music=music, title=options.title and self.project.name is not None)

    def check(self) -> None:
        """Raises NothingToJoin, FilmTooLong."""
        if not self.takes or any(take.erased_at is not None for take in self.takes):
            raise NothingToJoin
        if self.seconds > LONGEST_SECONDS:
            raise FilmTooLong(limit_s=LONGEST_SECONDS)

    def order(self, options: FilmOptions) -> dict[str, Any]:
        """All that a film depends on, as its job keeps it."""
        return {
            "project_id": self.project.id,
            "clips": [take.video_key for take in self.takes],
            "seconds": [take.seconds for take in self.takes],
            "height": options.height,
            "transition": options.transition,
            "title": self.project.name if options.title else None,
            "music": music_mark(self.soundtrack) if options.music and self.soundtrack else None,
        }


async def content_of(session: AsyncSession, user_id: int, project_id: int) -> Content:
    """Raises NotYours, also for a project that was deleted."""
    project = await owned_project(session, user_id, project_id)
    placed = select(Take, Clip.caption).join(Clip, Clip.take_id == Take.id).where(Clip.project_id == project_id)
    rows = (await session.execute(placed.order_by(Clip.position))).all()
    soundtrack = await session.scalar(select(Soundtrack).where(Soundtrack.project_id == project_id))
    captions = {take.id: caption for take, caption in rows if caption}
    return Content(project, [take for take, _ in rows], captions, soundtrack)


def digest_of(order: dict[str, Any]) -> str:
    """The same for two orders of which the same film would come."""
    return hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()


def music_mark(track: Soundtrack) -> str:
    """Of the music and how it is played."""
    played = (track.audio_key, track.loops, track.start_s, track.fade_in_s, track.fade_out_s, track.volume)
    return hashlib.sha256(json.dumps(played).encode()).hexdigest()
