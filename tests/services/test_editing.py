"""Editing: clips are moved, replaced, captioned and taken out one at a time, and the others stay as they are."""

from __future__ import annotations

import asyncio

import pytest

from services.dialogue import Expectation, expectation
from services.editing import CAPTION_LIMIT
from services.errors import AlreadyDone, CaptionTooLong, NotYours
from services.users import Users
from storage.database import Database
from storage.tables import Project, Take, User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE


@pytest.fixture
async def alice(db: Database) -> User:
    """Has enough credits for all that is made here."""
    return await create_user(db, "Alice", credits_=30)


@pytest.fixture
async def takes(shop: Shop, alice: User) -> list[Take]:
    """Four approved clips, in order."""
    made = [await shop.take_of(alice) for _ in range(4)]
    for take in made:
        await shop.takes.approve(alice.id, take.id)
    return made


@pytest.fixture
async def project(shop: Shop, alice: User, takes: list[Take]) -> Project:
    assert takes
    return (await shop.projects.list(alice.id))[0].project


async def order(shop: Shop, user: User, project: Project, takes: list[Take]) -> str:
    """The clips as letters: `abcd` as they were approved."""
    view = await shop.projects.view(user.id, project.id)
    assert [placed.clip.position for placed in view.clips] == list(range(1, len(view.clips) + 1))
    known = {take.id: "abcdefgh"[place] for place, take in enumerate(takes)}
    return "".join(known[take.id] for take in view.takes)


@pytest.mark.parametrize(
    ("at", "to", "then"),
    [(1, 4, "bcda"), (4, 1, "dabc"), (2, 3, "acbd"), (3, 2, "acbd"), (2, 1, "bacd"), (1, 99, "bcda")],
)
async def test_a_clip_is_moved_and_the_others_close_up(
    shop: Shop, alice: User, project: Project, takes: list[Take], at: int, to: int, then: str
) -> None:
    await shop.editing.move(alice.id, project.id, takes[at - 1].draft_id, seen=at, to=to)

    assert await order(shop, alice, project, takes) == then


async def test_a_button_drawn_when_it_stood_elsewhere_moves_nothing(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    taps = [shop.editing.move(alice.id, project.id, takes[3].draft_id, seen=4, to=3) for _ in range(10)]

    ends = await asyncio.gather(*taps, return_exceptions=True)

    assert ends.count(3) == 1
    assert sum(isinstance(end, AlreadyDone) for end in ends) == 9
    assert await order(shop, alice, project, takes) == "abdc"


async def test_many_edits_at_once_leave_every_clip_in_a_place_of_its_own(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    more = [await shop.take_of(alice) for _ in range(2)]
    moves = [(0, 3), (3, 1)]
    edits = [
        *(shop.editing.move(alice.id, project.id, takes[at].draft_id, seen=at + 1, to=to) for at, to in moves),
        shop.editing.remove(alice.id, project.id, takes[1].draft_id),
        *(shop.takes.approve(alice.id, take.id) for take in more),
        shop.projects.duplicate(alice.id, project.id, 2),
    ]

    await asyncio.gather(*edits, return_exceptions=True)

    places = [await order(shop, alice, one.project, [*takes, *more]) for one in await shop.projects.list(alice.id)]
    assert len(places) == 2
    assert all(len(set(letters)) == len(letters) for letters in places)
    assert set("acdef") <= set("".join(places))


async def test_a_clip_that_is_taken_out_keeps_its_take_which_can_be_approved_again(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    taken = await shop.editing.remove(alice.id, project.id, takes[1].draft_id)
    assert taken.id == takes[1].id
    assert await order(shop, alice, project, takes) == "acd"
    with pytest.raises(AlreadyDone):
        await shop.editing.remove(alice.id, project.id, takes[1].draft_id)

    await shop.takes.approve(alice.id, takes[1].id)

    assert await order(shop, alice, project, takes) == "acdb"


async def test_another_take_is_used_in_the_same_place(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    draft = await shop.drafts.get(alice.id, takes[1].draft_id)
    other = await shop.take_of(alice, draft)

    before = await shop.editing.use(alice.id, project.id, draft.id, other.id)

    assert before.id == takes[1].id
    assert await order(shop, alice, project, [*takes, other]) == "aecd"
    with pytest.raises(AlreadyDone):
        await shop.editing.use(alice.id, project.id, draft.id, other.id)
    view = await shop.editing.clip(alice.id, project.id, draft.id)
    assert (view.take.id, [take.number for take in view.takes], view.clips) == (other.id, [1, 2], 4)


@ON_SQLITE
async def test_a_take_of_another_photo_or_a_discarded_one_is_not_used(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    draft = await shop.drafts.get(alice.id, takes[1].draft_id)
    other = await shop.take_of(alice, draft)
    await shop.takes.discard(alice.id, other.id)

    with pytest.raises(NotYours):
        await shop.editing.use(alice.id, project.id, draft.id, takes[0].id)
    with pytest.raises(AlreadyDone):
        await shop.editing.use(alice.id, project.id, draft.id, other.id)
    assert [take.number for take in (await shop.editing.clip(alice.id, project.id, draft.id)).takes] == [1]


async def test_a_caption_is_expected_written_and_cleared(
    db: Database, shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    draft_id, users = takes[2].draft_id, Users(db)
    await shop.editing.expect_caption(alice.id, project.id, draft_id)
    expected = expectation(await users.get(alice.id))
    assert expected is not None
    assert expected.expects == "clip_caption"

    await shop.editing.write_caption(alice.id, expected.subject_id, "  The sea\n at last ")

    assert (await shop.editing.clip(alice.id, project.id, draft_id)).clip.caption == "The sea at last"
    assert expectation(await users.get(alice.id)) is None
    await shop.editing.clear_caption(alice.id, project.id, draft_id)
    assert (await shop.editing.clip(alice.id, project.id, draft_id)).clip.caption is None


@ON_SQLITE
async def test_a_caption_that_is_too_long_changes_nothing(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    clip = (await shop.editing.clip(alice.id, project.id, takes[0].draft_id)).clip
    await shop.editing.write_caption(alice.id, clip.id, "x" * CAPTION_LIMIT)

    with pytest.raises(CaptionTooLong) as refused:
        await shop.editing.write_caption(alice.id, clip.id, "x" * (CAPTION_LIMIT + 1))

    assert (refused.value.limit, refused.value.length) == (CAPTION_LIMIT, CAPTION_LIMIT + 1)


@ON_SQLITE
async def test_no_caption_is_expected_of_a_clip_that_is_gone(
    db: Database, shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    await shop.editing.expect_caption(alice.id, project.id, takes[3].draft_id)
    await shop.editing.remove(alice.id, project.id, takes[3].draft_id)
    assert expectation(await Users(db).get(alice.id)) is None

    await shop.projects.expect_name(alice.id, project.id)
    await shop.editing.remove(alice.id, project.id, takes[2].draft_id)
    assert expectation(await Users(db).get(alice.id)) == Expectation("project_name", project.id)


async def test_a_new_take_goes_to_the_copy_it_was_asked_for_in(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    copy = await shop.projects.duplicate(alice.id, project.id, 2)
    draft = await shop.drafts.get(alice.id, takes[1].draft_id)
    await shop.editing.aim(alice.id, project.id, draft.id)
    other = await shop.take_of(alice, draft)

    view, _ = await shop.takes.approve(alice.id, other.id)

    assert view.project is not None
    assert (view.project.id, view.position) == (project.id, 2)
    assert await order(shop, alice, project, [*takes, other]) == "aecd"
    assert await order(shop, alice, copy, takes) == "abcd"


@ON_SQLITE
async def test_a_new_take_of_what_stands_in_one_project_only_changes_nothing_else(
    shop: Shop, alice: User, project: Project, takes: list[Take]
) -> None:
    current = await shop.projects.start(alice.id)

    await shop.editing.aim(alice.id, project.id, takes[1].draft_id)

    now = await shop.projects.current(alice.id)
    assert now is not None
    assert now.id == current.id
