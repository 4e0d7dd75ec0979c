"""A copy of a project: the same takes in the same order under the same captions, and the same music."""

from __future__ import annotations

import itertools
import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Clip, Project, Soundtrack

_COPY: Final = re.compile(r" \([0-9]{1,6}\)$")
_MUSIC: Final = ("origin", "title", "audio_key", "seconds", "loops", "start_s", "fade_in_s", "fade_out_s", "volume")
"""What is copied of a soundtrack; what was fitted to a film is that film's own."""


async def copy_into(session: AsyncSession, project: Project, copy: Project) -> None:
    """Part of a use case, under the user's lock. `copy` is new and empty."""
    copy.transition, copy.name = project.transition, await _name(session, project)
    its = select(Clip).where(Clip.project_id == project.id).order_by(Clip.position)
    for clip in (await session.execute(its)).scalars():
        place = {"draft_id": clip.draft_id, "take_id": clip.take_id, "position": clip.position}
        session.add(Clip(project_id=copy.id, caption=clip.caption, **place))
    music = await session.scalar(select(Soundtrack).where(Soundtrack.project_id == project.id))
    if music is not None:
        played = {name: getattr(music, name) for name in (*_MUSIC, "audio_file_id")}
        session.add(Soundtrack(project_id=copy.id, **played))
    await session.flush()


async def _name(session: AsyncSession, project: Project) -> str | None:
    """`Summer` becomes `Summer (2)`, or the first number its owner has not used; what has no name keeps none."""
    if project.name is None:
        return None
    others = select(Project.name).where(Project.user_id == project.user_id, Project.deleted_at.is_(None))
    taken = set((await session.execute(others)).scalars())
    plain = _COPY.sub("", project.name)
    marks = (f" ({number})" for number in itertools.count(2))
    names = (f"{plain[: 64 - len(mark)].rstrip()}{mark}" for mark in marks)
    return next(name for name in names if name not in taken)
