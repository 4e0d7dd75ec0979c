"""Projects: approved clips in an order. One of them is current, and takes are approved into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.dialogue import Expectation, expect
from services.duplicating import copy_into
from services.errors import AlreadyDone, NameNotUsable, NotYours, TooLateToUndo
from services.fitting import film_changed
from services.owned import lock_user, owned_project
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Clip, Project, Take

NAME_LIMIT = 64
UNDO_SECONDS = 60.0
Transition = Literal["cut", "fade", "cross"]


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    project: Project
    clips: int
    seconds: float
    current: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A place in a project, and the approved take that stands there."""

    clip: Clip
    take: Take


@dataclass(frozen=True, slots=True)
class ProjectView:
    summary: ProjectSummary
    clips: Sequence[Placed]
    """In their order."""
    current: Project | None
    """Where clips are approved into: this very project, another one, or (None) one that is made then."""
    copy_number: int = 1
    """The number a copy made now would get."""
    watch: str | None = None
    """Where its owner watches it: the address of the Mini App, if this deployment can offer one."""

    @property
    def project(self) -> Project:
        return self.summary.project

    @property
    def takes(self) -> list[Take]:
        """The approved takes in their order."""
        return [placed.take for placed in self.clips]

    @property
    def captions(self) -> dict[int, str]:
        """By take: what is shown while it plays."""
        return {placed.take.id: placed.clip.caption for placed in self.clips if placed.clip.caption}


class Projects:
    def __init__(self, db: Database, *, player: str | None = None) -> None:
        """`player`: the address below which each project has its Mini App; None where Telegram would not open it."""
        self._db = db
        self._player = player

    async def list(self, user_id: int) -> list[ProjectSummary]:
        """All projects of a user: the current one first, then by when they were chosen, completed ones last."""
        async with self._db.reading() as session:
            rows = await session.execute(
                select(Project, func.count(Clip.id), func.coalesce(func.sum(Take.seconds), 0.0))
                .outerjoin(Clip, Clip.project_id == Project.id)
                .outerjoin(Take, Take.id == Clip.take_id)
                .where(Project.user_id == user_id, Project.deleted_at.is_(None))
                .group_by(Project.id)
                .order_by(Project.completed_at.is_not(None), Project.chosen_at.desc(), Project.id.desc())
            )
            return [
                ProjectSummary(project, clips, float(seconds), current=place == 0 and project.completed_at is None)
                for place, (project, clips, seconds) in enumerate(rows)
            ]

    async def view(self, user_id: int, project_id: int) -> ProjectView:
        """Raises NotYours."""
        async with self._db.reading() as session:
            project = await owned_project(session, user_id, project_id)
            rows = await session.execute(
                select(Clip, Take)
                .join(Take, Take.id == Clip.take_id)
                .where(Clip.project_id == project_id)
                .order_by(Clip.position)
            )
            clips = [Placed(clip, take) for clip, take in rows]
            current = await session.scalar(current_one(user_id))
            seconds = sum(placed.take.seconds for placed in clips)
            summary = ProjectSummary(project, len(clips), seconds, current is not None and current.id == project_id)
            watch = f"{self._player}/{project_id}" if self._player else None
            return ProjectView(summary, clips, current, await next_number(session, user_id), watch)

    async def current(self, user_id: int) -> Project | None:
        """Where a take approved now would go; None: into a new project."""
        async with self._db.reading() as session:
            return await session.scalar(current_one(user_id))

    async def start(self, user_id: int) -> Project:
        """A new, empty project, which becomes the current one."""
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            return await new_project(session, user_id)

    async def choose(self, user_id: int, project_id: int) -> None:
        """Make a project the current one; a completed one is open again with that. Raises NotYours."""
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            await owned_project(session, user_id, project_id)
            await _set(session, project_id, chosen_at=db_now(), completed_at=None)

    async def expect_name(self, user_id: int, project_id: int) -> None:
        """The next text is this project's name. Raises NotYours."""
        async with self._db.transaction() as session:
            await owned_project(session, user_id, project_id)
            await expect(session, user_id, Expectation("project_name", project_id))

    async def rename(self, user_id: int, project_id: int, name: str) -> Project:
        """Raises NotYours, NameNotUsable."""
        cleaned = printable(name)
        if not cleaned or len(cleaned) > NAME_LIMIT:
            raise NameNotUsable(limit=NAME_LIMIT)
        async with self._db.transaction() as session:
            await owned_project(session, user_id, project_id)
            await _set(session, project_id, name=cleaned)
            await expect(session, user_id, None)
            await film_changed(session, project_id)  # it begins with its name
            return await owned_project(session, user_id, project_id)

    async def choose_transition(self, user_id: int, project_id: int, transition: Transition) -> None:
        """How one clip gives way to the next. Raises NotYours."""
        async with self._db.transaction() as session:
            await owned_project(session, user_id, project_id)
            await _set(session, project_id, transition=transition)
            await film_changed(session, project_id)

    async def complete(self, user_id: int, project_id: int) -> Project | None:
        """Nothing is approved into it any more, until it is chosen again. Returns what is current then.

        Raises NotYours.
        """
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            project = await owned_project(session, user_id, project_id)
            if project.completed_at is None:
                await _set(session, project_id, completed_at=db_now())
            return await session.scalar(current_one(user_id))

    async def duplicate(self, user_id: int, project_id: int, number: int) -> Project:
        """A copy of a project, number `number`, which becomes the current one. Clips and music are shared, not copied.

        Raises NotYours, AlreadyDone where that number is taken: by the copy of an earlier tap, or by another project.
        """
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            project = await owned_project(session, user_id, project_id)
            if number != await next_number(session, user_id):
                raise AlreadyDone
            copy = await new_project(session, user_id)
            await copy_into(session, project, copy)
            return copy

    async def delete(self, user_id: int, project_id: int) -> tuple[Project, Project | None]:
        """Out of sight, for a minute to be had back. Returns it and what is current now. Raises NotYours."""
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            if (await _owned(session, user_id, project_id)).deleted_at is None:
                await _set(session, project_id, deleted_at=db_now())
            return await _owned(session, user_id, project_id), await session.scalar(current_one(user_id))

    async def bring_back(self, user_id: int, project_id: int) -> None:
        """Undo `delete`. Raises NotYours, TooLateToUndo."""
        async with self._db.transaction() as session:
            await lock_user(session, user_id)
            if (await _owned(session, user_id, project_id)).deleted_at is None:
                return
            in_time = (Project.id == project_id) & (Project.deleted_at > now_plus(-UNDO_SECONDS))
            undone = update(Project).where(in_time, Project.erased_at.is_(None)).values(deleted_at=None)
            if not changed_one(await session.execute(undone)):
                raise TooLateToUndo
            # What was put aside while the project was out of sight stands in it again.
            its = select(Clip.take_id).where(Clip.project_id == project_id)
            await session.execute(update(Take).where(Take.id.in_(its)).values(discarded_at=None))


def printable(text: str) -> str:
    """In one line, without what cannot be seen."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def living() -> ColumnElement[bool]:
    return Project.deleted_at.is_(None)


def open_ones(user_id: int) -> Select[Project]:
    """Projects that can be approved into, the one chosen last first."""
    mine = (Project.user_id == user_id) & living() & Project.completed_at.is_(None)
    return select(Project).where(mine).order_by(Project.chosen_at.desc(), Project.id.desc())


def current_one(user_id: int) -> Select[Project]:
    return open_ones(user_id).limit(1)


async def current_id(session: AsyncSession, user_id: int) -> int:
    """In whose folder what is made now is kept; 0 while there is no project."""
    current = await session.scalar(current_one(user_id))
    return current.id if current else 0


async def current_or_new(session: AsyncSession, user_id: int) -> tuple[Project, bool]:
    """The user's current project, made now if they have none (then True). Part of a use case."""
    await lock_user(session, user_id)
    current = await session.scalar(current_one(user_id))
    if current is not None:
        return current, False
    return await new_project(session, user_id), True


async def next_number(session: AsyncSession, user_id: int) -> int:
    """Also past deleted projects: a number never means another one."""
    most = select(func.coalesce(func.max(Project.number), 0)).where(Project.user_id == user_id)
    return (await session.execute(most)).scalar_one() + 1


async def new_project(session: AsyncSession, user_id: int) -> Project:
    """Under the user's lock. Part of a use case."""
    project = Project(user_id=user_id, number=await next_number(session, user_id))
    session.add(project)
    await session.flush()
    return project


async def _owned(session: AsyncSession, user_id: int, project_id: int) -> Project:
    """Also when it is deleted."""
    project = await session.get(Project, project_id, populate_existing=True)
    if project is None or project.user_id != user_id:
        raise NotYours
    return project


async def _set(session: AsyncSession, project_id: int, **values: object) -> None:
    await session.execute(update(Project).where(Project.id == project_id).values(**values))
