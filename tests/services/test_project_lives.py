"""Projects that are completed and opened again, copied, deleted and brought back."""

from __future__ import annotations

import asyncio

import pytest

from services.errors import AlreadyDone, NotYours, TooLateToUndo
from services.projects import UNDO_SECONDS
from storage.database import Database
from storage.tables import Soundtrack, Take, User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows


async def approved(shop: Shop, user: User, count: int = 1) -> tuple[int, list[Take]]:
    """So many clips, and the project they are in."""
    takes = [await shop.take_of(user) for _ in range(count)]
    views = [(await shop.takes.approve(user.id, take.id))[0] for take in takes]
    assert views[-1].project is not None
    return views[-1].project.id, takes


async def current(shop: Shop, user: User) -> int | None:
    project = await shop.projects.current(user.id)
    return project.id if project else None


async def test_nothing_is_approved_into_a_completed_project(shop: Shop, alice: User) -> None:
    done, takes = await approved(shop, alice)

    assert await shop.projects.complete(alice.id, done) is None

    assert [one.current for one in await shop.projects.list(alice.id)] == [False]
    view, is_new = await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    assert is_new
    assert view.project is not None
    assert view.project.number == 2
    other = await shop.take_of(alice, await shop.drafts.get(alice.id, takes[0].draft_id))
    view, _ = await shop.takes.approve(alice.id, other.id)
    assert (view.project and view.project.number, view.position) == (2, 2)
    assert [take.id for take in (await shop.projects.view(alice.id, done)).takes] == [takes[0].id]


async def test_approving_what_stands_in_a_completed_project_makes_no_other(shop: Shop, alice: User) -> None:
    done, takes = await approved(shop, alice)
    await shop.projects.complete(alice.id, done)

    view, is_new = await shop.takes.approve(alice.id, takes[0].id)

    assert not is_new
    assert view.project is not None
    assert view.project.id == done
    assert len(await shop.projects.list(alice.id)) == 1


async def test_completing_goes_to_the_one_chosen_before_and_choosing_opens_again(shop: Shop, alice: User) -> None:
    first, second, third = [(await shop.projects.start(alice.id)).id for _ in range(3)]
    await shop.projects.choose(alice.id, first)

    after = await shop.projects.complete(alice.id, first)
    assert after is not None
    assert after.id == third
    await shop.projects.complete(alice.id, third)
    assert await current(shop, alice) == second

    await shop.projects.choose(alice.id, first)
    assert await current(shop, alice) == first
    assert [one.project.id for one in await shop.projects.list(alice.id)] == [first, second, third]


async def test_a_copy_has_the_same_clips_captions_and_music(db: Database, shop: Shop, alice: User) -> None:
    project, takes = await approved(shop, alice, 3)
    await shop.projects.rename(alice.id, project, "Summer")
    await shop.projects.choose_transition(alice.id, project, "fade")
    clip = (await shop.editing.clip(alice.id, project, takes[1].draft_id)).clip
    await shop.editing.write_caption(alice.id, clip.id, "the sea")
    async with db.transaction() as session:
        facts = {"origin": "sent", "title": "Waltz", "audio_key": "music/1/1/a.m4a", "seconds": 30.0, "volume": 40}
        session.add(Soundtrack(project_id=project, fitted_key="music/1/1/f.m4a", fitted_for="x", **facts))

    copy = await shop.projects.duplicate(alice.id, project, 2)

    view = await shop.projects.view(alice.id, copy.id)
    assert [take.id for take in view.takes] == [take.id for take in takes]
    assert [placed.clip.caption for placed in view.clips] == [None, "the sea", None]
    assert (view.project.name, view.project.transition, view.summary.current) == ("Summer (2)", "fade", True)
    music = "SELECT title, audio_key, volume, fitted_key FROM soundtracks WHERE project_id = :its"
    assert await rows(db, music, its=copy.id) == [("Waltz", "music/1/1/a.m4a", 40, None)]
    await shop.editing.remove(alice.id, copy.id, takes[0].draft_id)
    assert len((await shop.projects.view(alice.id, project)).takes) == 3


async def test_ten_taps_make_one_copy(shop: Shop, alice: User) -> None:
    project, _ = await approved(shop, alice)

    taps = [shop.projects.duplicate(alice.id, project, 2) for _ in range(10)]
    ends = await asyncio.gather(*taps, return_exceptions=True)

    assert sum(isinstance(end, AlreadyDone) for end in ends) == 9
    assert len(await shop.projects.list(alice.id)) == 2


@ON_SQLITE
async def test_copies_of_copies_have_names_of_their_own(shop: Shop, alice: User) -> None:
    project, _ = await approved(shop, alice)
    await shop.projects.rename(alice.id, project, "x" * 64)
    copy = await shop.projects.duplicate(alice.id, project, 2)
    third = await shop.projects.duplicate(alice.id, copy.id, 3)

    assert [copy.name, third.name] == ["x" * 60 + " (2)", "x" * 60 + " (3)"]


async def test_another_take_goes_into_the_current_one_of_the_copies(shop: Shop, alice: User) -> None:
    project, takes = await approved(shop, alice, 2)
    copy = await shop.projects.duplicate(alice.id, project, 2)
    draft = await shop.drafts.get(alice.id, takes[0].draft_id)
    for wanted in (copy.id, project):
        await shop.projects.choose(alice.id, wanted)
        view, _ = await shop.takes.approve(alice.id, (await shop.take_of(alice, draft)).id)
        assert (view.project and view.project.id, view.position) == (wanted, 1)


async def test_a_deleted_project_is_nowhere_and_the_next_one_is_current(shop: Shop, alice: User) -> None:
    first, takes = await approved(shop, alice)
    second = (await shop.projects.start(alice.id)).id
    await shop.projects.choose(alice.id, first)

    project, now = await shop.projects.delete(alice.id, first)

    assert project.deleted_at is not None
    assert now is not None
    assert now.id == second
    assert [one.project.id for one in await shop.projects.list(alice.id)] == [second]
    assert (await shop.takes.view(alice.id, takes[0].id)).project is None
    for door in (
        shop.projects.view(alice.id, first),
        shop.projects.choose(alice.id, first),
        shop.projects.rename(alice.id, first, "Ghost"),
        shop.editing.clip(alice.id, first, takes[0].draft_id),
        shop.sharing.share(alice.id, first),
    ):
        with pytest.raises(NotYours):
            await door


async def test_for_a_minute_it_can_be_had_back_as_it_was(shop: Shop, alice: User) -> None:
    project, takes = await approved(shop, alice, 2)
    await shop.projects.delete(alice.id, project)
    await shop.projects.delete(alice.id, project)
    await shop.takes.discard(alice.id, takes[0].id)

    for _ in range(2):
        await shop.projects.bring_back(alice.id, project)

    assert await current(shop, alice) == project
    view = await shop.projects.view(alice.id, project)
    assert [(take.id, take.discarded_at) for take in view.takes] == [(take.id, None) for take in takes]


async def test_after_that_minute_it_is_gone_for_good(db: Database, shop: Shop, alice: User) -> None:
    project, _ = await approved(shop, alice)
    await shop.projects.delete(alice.id, project)
    gone = f"-{UNDO_SECONDS + 1} seconds"
    past = f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '{gone}')" if db.is_sqlite else "now() - interval '61 seconds'"
    await execute(db, f"UPDATE projects SET deleted_at = {past}")  # noqa: S608 - a time of ours

    with pytest.raises(TooLateToUndo):
        await shop.projects.bring_back(alice.id, project)

    assert await shop.projects.list(alice.id) == []


async def test_what_is_approved_after_a_deletion_starts_anew(shop: Shop, alice: User) -> None:
    project, takes = await approved(shop, alice)
    await shop.projects.delete(alice.id, project)

    view, is_new = await shop.takes.approve(alice.id, takes[0].id)

    assert is_new
    assert (view.project and view.project.number, view.position) == (2, 1)
