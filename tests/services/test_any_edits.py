"""Whatever is done to projects in whatever order: places stay dense, and each edit changes what it says and no more."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.errors import AlreadyDone
from storage.database import Database
from storage.tables import Take, User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_POSTGRES, ON_SQLITE, execute, rows

PHOTOS, EACH = 4, 2
Places = dict[int, list[tuple[int, int]]]
"""Draft and take of each place, by project; also of those that are deleted."""
EDITS = (
    "approve",
    "approve",
    "approve",
    "move",
    "move",
    "remove",
    "use",
    "copy",
    "complete",
    "choose",
    "delete",
    "back",
)
SEQUENCES = st.lists(st.tuples(st.sampled_from(EDITS), st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=16)


@dataclass
class Desk:
    """Alice's: two takes of each of four photos."""

    shop: Shop
    alice: User
    takes: list[Take]

    async def places(self) -> Places:
        found: Places = {one: [] for (one,) in await rows(self.shop.db, "SELECT id FROM projects ORDER BY id")}
        query = "SELECT project_id, position, draft_id, take_id FROM clips ORDER BY project_id, position"
        for project, position, draft, take in await rows(self.shop.db, query):
            found[project].append((draft, take))
            assert position == len(found[project]), "a place is missing or held twice"
        return found

    async def deleted(self) -> set[int]:
        return {one for (one,) in await rows(self.shop.db, "SELECT id FROM projects WHERE deleted_at IS NOT NULL")}

    async def open(self) -> set[int]:
        query = "SELECT id FROM projects WHERE deleted_at IS NULL AND completed_at IS NULL"
        return {one for (one,) in await rows(self.shop.db, query)}

    async def edit(self, what: str, first: int, second: int) -> None:
        before, gone = await self.places(), await self.deleted()
        if what == "approve":
            await self.approve(self.takes[first % len(self.takes)], before)
            return
        wanted = [one for one in before if (one in gone) == (what == "back")]
        if not wanted:
            return
        project = wanted[first % len(wanted)]
        if what in {"move", "remove", "use"}:
            if before[project]:
                await self.change(what, project, first // 7 % len(before[project]), second, before)
            return
        await self.whole(what, project, before)

    async def approve(self, take: Take, before: Places) -> None:
        """Nothing if it stands somewhere, else in the place of its photo in one open project, else at the end."""
        gone, could, current = await self.deleted(), await self.open(), await self.shop.projects.current(self.alice.id)
        view, is_new = await self.shop.takes.approve(self.alice.id, take.id)
        assert view.project is not None
        into, after = view.project.id, await self.places()
        if any((take.draft_id, take.id) in clips for one, clips in before.items() if one not in gone):
            assert after == before
            return
        having = [one for one in could if any(draft == take.draft_id for draft, _ in before[one])]
        expected = {one: list(clips) for one, clips in before.items()}
        if having:
            assert into in having
            assert current is None or current.id not in having or into == current.id
            place = next(at for at, (draft, _) in enumerate(before[into]) if draft == take.draft_id)
            expected[into][place] = (take.draft_id, take.id)
        else:
            assert is_new == (current is None)
            assert is_new or (current is not None and into == current.id)
            expected.setdefault(into, []).append((take.draft_id, take.id))
        assert after == expected

    async def change(self, what: str, project: int, at: int, second: int, before: Places) -> None:
        clips, editing, alice = before[project], self.shop.editing, self.alice.id
        draft, stands = clips[at]
        expected = list(clips)
        doing: Awaitable[object]
        if what == "move":
            to = second % len(clips)
            expected.insert(to, expected.pop(at))
            doing = editing.move(alice, project, draft, seen=at + 1, to=to + 1)
        elif what == "remove":
            del expected[at]
            doing = editing.remove(alice, project, draft)
        else:
            other = next(take.id for take in self.takes if take.draft_id == draft and take.id != stands)
            expected[at] = (draft, other)
            doing = editing.use(alice, project, draft, other)
        try:
            await doing
        except AlreadyDone:  # it was to be moved to where it stood
            assert expected == clips
        assert await self.places() == before | {project: expected}

    async def whole(self, what: str, project: int, before: Places) -> None:
        projects, alice = self.shop.projects, self.alice.id
        if what == "copy":
            copy = await projects.duplicate(alice, project, (await projects.view(alice, project)).copy_number)
            assert await self.places() == before | {copy.id: before[project]}
            return
        if what == "complete":
            current = await projects.complete(alice, project)
            assert current is None or current.id != project
        elif what == "choose":
            await projects.choose(alice, project)
            assert (await projects.list(alice))[0].project.id == project
        elif what == "delete":
            await projects.delete(alice, project)
            assert project not in {one.project.id for one in await projects.list(alice)}
        else:
            await projects.bring_back(alice, project)
            assert project in {one.project.id for one in await projects.list(alice)}
        assert await self.places() == before


@pytest.fixture
async def desk(db: Database, shop: Shop) -> Desk:
    alice = await create_user(db, "Alice", credits_=50)
    takes = []
    for _ in range(PHOTOS):
        takes.append(await shop.take_of(alice))
        draft = await shop.drafts.get(alice.id, takes[-1].draft_id)
        takes += [await shop.take_of(alice, draft) for _ in range(EACH - 1)]
    return Desk(shop, alice, takes)


async def hold(desk: Desk, edits: list[tuple[str, int, int]]) -> None:
    for table in ("clips", "projects"):
        await execute(desk.shop.db, f"DELETE FROM {table}")  # noqa: S608 - names, ours
    for what, first, second in edits:
        await desk.edit(what, first, second)


@ON_SQLITE
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(edits=SEQUENCES)
async def test_any_edits_keep_places_dense_and_every_clip_once(desk: Desk, edits: list[tuple[str, int, int]]) -> None:
    await hold(desk, edits)


@ON_POSTGRES
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(edits=SEQUENCES)
async def test_any_edits_do_so_where_many_write_at_once(desk: Desk, edits: list[tuple[str, int, int]]) -> None:
    await hold(desk, edits)
