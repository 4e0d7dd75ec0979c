"""An album is a storyboard: in the order it was sent, whatever order it came or was approved in."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from services.drafts import Arrival
from services.errors import AlreadyDone
from storage.database import Database
from storage.tables import Draft, Take, User
from tests.support.builders import Shop, photograph
from tests.support.database import ON_SQLITE, execute, rows

SCRAMBLED = (1003, 999, 1002, 1000)
"""Message numbers in the order the messages come. As texts they would sort otherwise."""


async def sent(shop: Shop, user: User, *numbers: int) -> list[Draft]:
    """An album whose photos come in this order; in the order they were sent."""
    came = [
        await shop.drafts.open(user, Arrival(f"message:{number}", photograph(), "snow", "together"))
        for number in numbers
    ]
    return [draft for _, draft in sorted(zip(numbers, came, strict=True), key=lambda one: one[0])]


async def taken(shop: Shop, user: User, drafts: list[Draft]) -> list[Take]:
    return [await shop.take_of(user, draft) for draft in drafts]


async def placed(db: Database) -> list[tuple[int, int]]:
    """Position and take of every clip, in their order."""
    return [(at, take) for at, take in await rows(db, "SELECT position, take_id FROM clips ORDER BY position")]


def album_of(drafts: list[Draft]) -> int:
    (album_id,) = {draft.album_id for draft in drafts}
    assert album_id is not None
    return album_id


async def test_photos_stand_as_they_were_sent_however_they_came(db: Database, shop: Shop, alice: User) -> None:
    drafts = await sent(shop, alice, *SCRAMBLED)

    card = await shop.cards.album(alice.id, album_of(drafts))
    jobs = await shop.ordering.generate_album(alice.id, album_of(drafts), card.version)

    assert [one.draft.id for one in card.cards] == [draft.id for draft in drafts]
    assert [job.draft_id for job in jobs] == [draft.id for draft in drafts]


async def test_one_tap_approves_all_in_the_order_they_were_sent(db: Database, shop: Shop, alice: User) -> None:
    drafts = await sent(shop, alice, *SCRAMBLED)
    takes = {take.draft_id: take for take in await taken(shop, alice, drafts[::-1])}

    approved = await shop.storyboard.approve_all(alice.id, album_of(drafts))

    assert approved.is_new
    assert approved.take_ids == [takes[draft.id].id for draft in drafts]
    assert await placed(db) == list(enumerate(approved.take_ids, start=1))
    board = (await shop.cards.album(alice.id, album_of(drafts))).board
    assert {project.id for project in board.approved.values()} == {approved.project.id}
    assert (len(board.approved), board.ready) == (4, [])
    with pytest.raises(AlreadyDone):
        await shop.storyboard.approve_all(alice.id, album_of(drafts))


async def test_many_taps_at_once_approve_each_photo_once(db: Database, shop: Shop, alice: User) -> None:
    drafts = await sent(shop, alice, *SCRAMBLED)
    takes = await taken(shop, alice, drafts)

    taps = [shop.storyboard.approve_all(alice.id, album_of(drafts)) for _ in range(6)]
    single = [shop.takes.approve(alice.id, take.id) for take in takes]
    done = await asyncio.gather(*taps, *single, return_exceptions=True)

    assert {type(one) for one in done if isinstance(one, BaseException)} <= {AlreadyDone}
    assert await placed(db) == list(enumerate((take.id for take in takes), start=1))
    assert await rows(db, "SELECT count(*) FROM projects") == [(1,)]


@ON_SQLITE
@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
async def test_approved_one_by_one_in_any_order_they_stand_as_they_were_sent(
    db: Database, shop: Shop, alice: User, order: tuple[int, ...]
) -> None:
    before = await shop.take_of(alice)
    await shop.takes.approve(alice.id, before.id)
    takes = await taken(shop, alice, await sent(shop, alice, 12, 10, 11))

    for number in order:
        await shop.takes.approve(alice.id, takes[number].id)

    assert await placed(db) == list(enumerate((one.id for one in (before, *takes)), start=1))


@ON_SQLITE
async def test_what_is_approved_already_stays_and_the_rest_stands_around_it(
    db: Database, shop: Shop, alice: User
) -> None:
    drafts = await sent(shop, alice, 10, 11, 12)
    first, second, third = await taken(shop, alice, drafts)
    await shop.takes.approve(alice.id, second.id)
    later = await shop.take_of(alice, drafts[1])

    approved = await shop.storyboard.approve_all(alice.id, album_of(drafts))

    assert approved.take_ids == [first.id, third.id]
    assert not approved.is_new
    assert await placed(db) == [(1, first.id), (2, second.id), (3, third.id)]
    assert later.id not in approved.take_ids


@ON_SQLITE
async def test_of_each_photo_the_newest_take_that_was_kept_is_meant(db: Database, shop: Shop, alice: User) -> None:
    drafts = await sent(shop, alice, 10, 11)
    old, put_aside = await shop.take_of(alice, drafts[0]), await shop.take_of(alice, drafts[0])
    await shop.takes.discard(alice.id, put_aside.id)
    await shop.take_of(alice, drafts[1])
    new = await shop.take_of(alice, drafts[1])

    assert (await shop.storyboard.approve_all(alice.id, album_of(drafts))).take_ids == [old.id, new.id]


@ON_SQLITE
async def test_a_photo_that_was_put_away_or_has_no_clip_is_left_out(db: Database, shop: Shop, alice: User) -> None:
    drafts = await sent(shop, alice, 10, 11, 12)
    take, _ = await taken(shop, alice, drafts[:2])
    await shop.drafts.close(alice.id, drafts[1].id)

    assert (await shop.storyboard.approve_all(alice.id, album_of(drafts))).take_ids == [take.id]


@ON_SQLITE
async def test_what_stood_in_a_deleted_project_can_be_approved_again(db: Database, shop: Shop, alice: User) -> None:
    drafts = await sent(shop, alice, 10, 11)
    takes = await taken(shop, alice, drafts)
    gone = (await shop.storyboard.approve_all(alice.id, album_of(drafts))).project
    await execute(db, "UPDATE projects SET deleted_at = created_at")

    again = await shop.storyboard.approve_all(alice.id, album_of(drafts))

    assert again.project.id != gone.id
    assert again.take_ids == [take.id for take in takes]
