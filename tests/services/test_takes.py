"""Takes: approved into the current project once, one place a photo, kept until their owner discards them."""

from __future__ import annotations

import asyncio

import pytest

from services.errors import AlreadyDone
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, rows
from tests.support.vendor import real_clip


async def test_the_first_approval_makes_the_project(shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)

    view, is_new = await shop.takes.approve(alice.id, take.id)

    assert is_new
    assert view.project is not None
    assert (view.project.number, view.project.name, view.position) == (1, None, 1)


async def test_later_ones_go_to_its_end(shop: Shop, alice: User) -> None:
    takes = [await shop.take_of(alice) for _ in range(3)]

    approved = [await shop.takes.approve(alice.id, take.id) for take in takes]

    assert [(view.position, is_new) for view, is_new in approved] == [(1, True), (2, False), (3, False)]
    (project,) = await shop.projects.list(alice.id)
    assert [take.id for take in (await shop.projects.view(alice.id, project.project.id)).takes] == [
        take.id for take in takes
    ]


async def test_fifty_taps_at_once_approve_once(db: Database, shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)

    approved = await asyncio.gather(*(shop.takes.approve(alice.id, take.id) for _ in range(50)))

    assert sum(is_new for _, is_new in approved) == 1
    assert {view.position for view, _ in approved} == {1}
    assert await rows(db, "SELECT count(*) FROM projects") == await rows(db, "SELECT count(*) FROM clips") == [(1,)]


async def test_approving_several_takes_at_once_makes_one_project_with_dense_positions(
    db: Database, shop: Shop, alice: User
) -> None:
    takes = [await shop.take_of(alice) for _ in range(5)]

    approved = await asyncio.gather(*(shop.takes.approve(alice.id, take.id) for take in takes * 4))

    assert sum(is_new for _, is_new in approved) == 1
    assert await rows(db, "SELECT position FROM clips ORDER BY position") == [(1,), (2,), (3,), (4,), (5,)]


async def test_another_take_of_the_same_photo_takes_its_place(shop: Shop, alice: User) -> None:
    first = await shop.take_of(alice)
    draft = await shop.drafts.get(alice.id, first.draft_id)
    other = await shop.take_of(alice)
    second = await shop.take_of(alice, draft)
    for take in (first, other):
        await shop.takes.approve(alice.id, take.id)

    view, _ = await shop.takes.approve(alice.id, second.id)

    assert (view.take.number, view.position, view.takes_of_draft) == (2, 1, 2)
    (project,) = await shop.projects.list(alice.id)
    assert [take.id for take in (await shop.projects.view(alice.id, project.project.id)).takes] == [second.id, other.id]
    assert (await shop.takes.view(alice.id, first.id)).position is None


async def test_it_keeps_its_place_also_when_another_project_is_current(shop: Shop, alice: User) -> None:
    first = await shop.take_of(alice)
    second = await shop.take_of(alice, await shop.drafts.get(alice.id, first.draft_id))
    before, _ = await shop.takes.approve(alice.id, first.id)
    await shop.projects.start(alice.id)

    after, _ = await shop.takes.approve(alice.id, second.id)

    assert before.project is not None
    assert after.project is not None
    assert after.project.id == before.project.id


async def test_a_discarded_take_can_be_kept_after_all(shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)

    discarded = await shop.takes.discard(alice.id, take.id)
    assert discarded.take.discarded_at is not None
    assert discarded.takes_of_draft == 0
    with pytest.raises(AlreadyDone):
        await shop.takes.approve(alice.id, take.id)

    kept = await shop.takes.keep_after_all(alice.id, take.id)
    assert kept.take.discarded_at is None
    assert (await shop.takes.approve(alice.id, take.id))[0].position == 1


async def test_an_approved_take_cannot_be_discarded(shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)
    await shop.takes.approve(alice.id, take.id)

    with pytest.raises(AlreadyDone):
        await shop.takes.discard(alice.id, take.id)

    assert (await shop.takes.view(alice.id, take.id)).take.discarded_at is None


async def test_approving_and_discarding_at_once_do_one_of_them(shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)

    ends = await asyncio.gather(
        shop.takes.approve(alice.id, take.id), shop.takes.discard(alice.id, take.id), return_exceptions=True
    )

    view = await shop.takes.view(alice.id, take.id)
    assert sum(isinstance(end, AlreadyDone) for end in ends) == 1
    assert (view.position is None) == (view.take.discarded_at is not None)


async def test_approving_a_take_and_asking_for_another_at_once_do_not_wait_for_each_other(
    db: Database, shop: Shop
) -> None:
    both = []
    for _ in range(8):
        user = await create_user(db, "Carol")
        take = await shop.take_of(user)
        draft = await shop.drafts.get(user.id, take.draft_id)
        both += [shop.takes.approve(user.id, take.id), shop.ordering.generate(user.id, draft.id, draft.round)]

    await asyncio.gather(*both)

    assert await rows(db, "SELECT count(*) FROM clips") == [(8,)]
    assert await rows(db, "SELECT count(*) FROM jobs WHERE state = 'queued'") == [(8,)]


@ON_SQLITE
async def test_takes_are_numbered_also_past_discarded_ones(shop: Shop, alice: User) -> None:
    first = await shop.take_of(alice)
    await shop.takes.discard(alice.id, first.id)

    second = await shop.take_of(alice, await shop.drafts.get(alice.id, first.draft_id))

    assert second.number == 2


@ON_SQLITE
async def test_it_shows_its_video_and_still(shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)

    assert await shop.takes.video(take) == real_clip()
    assert (await shop.takes.thumbnail(take)).startswith(b"\xff\xd8")
    assert (take.prompt, take.seconds) == ("snow", 5.0)


@ON_SQLITE
async def test_the_others_are_those_that_were_sent(shop: Shop, alice: User) -> None:
    first = await shop.take_of(alice)
    takes = [await shop.take_of(alice, await shop.drafts.get(alice.id, first.draft_id)) for _ in range(2)]
    for number, take in enumerate([first, takes[0]]):
        await shop.takes.sent(take.id, message_id=number + 1, file_id=f"file {number}")

    others = await shop.takes.others(alice.id, takes[1].id)

    assert [(view.take.id, view.take.message_id, view.take.video_file_id) for view in others] == [
        (first.id, 1, "file 0"),
        (takes[0].id, 2, "file 1"),
    ]
    assert [view.take.id for view in await shop.takes.others(alice.id, first.id)] == [takes[0].id]


async def given_up(db: Database, shop: Shop, user: User, count: int) -> list[int]:
    """Takes whose messages could not be delivered."""
    takes = [(await shop.take_of(user)).id for _ in range(count)]
    for _ in takes:
        (message,) = await shop.outbox.claim()
        await shop.outbox.give_up(message)
    return takes


async def sent_takes(shop: Shop) -> list[int]:
    """Send all that is due."""
    sent = []
    while batch := await shop.outbox.claim():
        for message in batch:
            await shop.outbox.mark_sent(message)
            sent.append(message.payload["take_id"])
    return sent


async def test_what_could_not_be_delivered_goes_out_when_its_owner_is_back(
    db: Database, shop: Shop, alice: User, bob: User
) -> None:
    first, discarded, last = await given_up(db, shop, alice, 3)
    await given_up(db, shop, bob, 1)
    await shop.takes.discard(alice.id, discarded)
    assert await sent_takes(shop) == []

    await shop.takes.send_what_never_arrived(alice.id)

    assert await sent_takes(shop) == [first, last]


async def test_it_goes_out_also_when_its_message_is_long_forgotten(db: Database, shop: Shop, alice: User) -> None:
    (take,) = await given_up(db, shop, alice, 1)
    await shop.outbox.forget_settled(older_than_days=-1)
    assert await rows(db, "SELECT id FROM outbox") == []

    await shop.takes.send_what_never_arrived(alice.id)

    assert await sent_takes(shop) == [take]


async def test_a_clip_that_is_just_being_sent_is_not_sent_again(shop: Shop, alice: User) -> None:
    await shop.take_of(alice)
    (under_way,) = await shop.outbox.claim()

    await shop.takes.send_what_never_arrived(alice.id)

    assert await shop.outbox.claim() == []
    await shop.outbox.mark_sent(under_way)
    assert await sent_takes(shop) == []
