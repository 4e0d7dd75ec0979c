"""Projects: approved clips in an order. One of them is current, and takes are approved into it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.dialogue import Expectation, expect
from services.errors import NameNotUsable, NotYours
from storage.clock import db_now
from storage.database import Database
from storage.tables import Clip, Project, Take, User

NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class ProjectSummary:
    project: Project
    clips: int
    seconds: float
    current: bool


@dataclass(frozen=True, slots=True)
class ProjectView:
    summary: ProjectSummary
    takes: list[Take]
    """The approved takes in their order."""


class Projects:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def list(self, user_id: int) -> list[ProjectSummary]:
        """All projects of a user, the current one first."""
        async with self._db.reading() as session:
            rows = await session.execute(
                select(Project, func.count(Clip.id), func.coalesce(func.sum(Take.seconds), 0.0))
                .outerjoin(Clip, Clip.project_id == Project.id)
                .outerjoin(Take, Take.id == Clip.take_id)
                .where(Project.user_id == user_id)
                .group_by(Project.id)
                .order_by(Project.chosen_at.desc(), Project.id.desc())
            )
            return [
                ProjectSummary(project, clips, float(seconds), current=place == 0)
                for place, (project, clips, seconds) in enumerate(rows)
            ]

    async def view(self, user_id: int, project_id: int) -> ProjectView:
        """Raises NotYours."""
        summary = next((one for one in await self.list(user_id) if one.project.id == project_id), None)
        if summary is None:
            raise NotYours
        async with self._db.reading() as session:
            rows = await session.execute(
                select(Take)
                .join(Clip, Clip.take_id == Take.id)
                .where(Clip.project_id == project_id)
                .order_by(Clip.position)
            )
            return ProjectView(summary, list(rows.scalars()))

    async def start(self, user_id: int) -> Project:
        """A new, empty project, which becomes the current one."""
        async with self._db.transaction() as session:
            return await _new(session, user_id)

    async def choose(self, user_id: int, project_id: int) -> None:
        """Make a project the current one. Raises NotYours."""
        async with self._db.transaction() as session:
            await _owned(session, user_id, project_id)
            await session.execute(update(Project).where(Project.id == project_id).values(chosen_at=db_now()))

    async def expect_name(self, user_id: int, project_id: int) -> None:
        """The next text is this project's name. Raises NotYours."""
        async with self._db.transaction() as session:
            await _owned(session, user_id, project_id)
            await expect(session, user_id, Expectation("project_name", project_id))

    async def rename(self, user_id: int, project_id: int, name: str) -> Project:
        """Raises NotYours, NameNotUsable."""
        cleaned = " ".join("".join(mark if mark.isprintable() else " " for mark in name).split())
        if not cleaned or len(cleaned) > NAME_LIMIT:
            raise NameNotUsable(limit=NAME_LIMIT)
        async with self._db.transaction() as session:
            await _owned(session, user_id, project_id)
            await session.execute(update(Project).where(Project.id == project_id).values(name=cleaned))
            await expect(session, user_id, None)
            return await session.get_one(Project, project_id, populate_existing=True)


async def current_or_new(session: AsyncSession, user_id: int) -> tuple[Project, bool]:
    """The user's current project, made now if they have none (then True). Part of a use case."""
    # The user's row is the lock under which project numbers and positions are handed out. It keeps nobody from writing
    # rows that point to the user (key_share): who has the locks of their pockets does, and we may need those next.
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    latest = select(Project).where(Project.user_id == user_id).order_by(Project.chosen_at.desc(), Project.id.desc())
    current = await session.scalar(latest.limit(1))
    if current is not None:
        return current, False
    return await _new(session, user_id), True


async def _new(session: AsyncSession, user_id: int) -> Project:
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    count = select(func.coalesce(func.max(Project.number), 0)).where(Project.user_id == user_id)
    project = Project(user_id=user_id, number=(await session.execute(count)).scalar_one() + 1)
    session.add(project)
    await session.flush()
    return project


async def _owned(session: AsyncSession, user_id: int, project_id: int) -> Project:
    project = await session.get(Project, project_id)
    if project is None or project.user_id != user_id:
        raise NotYours
    return project
