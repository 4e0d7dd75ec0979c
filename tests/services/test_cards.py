"""A card tells what its draft costs, where its job stands, and how long it may take: never more than is known."""

from __future__ import annotations

import pytest

from services.users import Users
from services.wallet import PAGE
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, execute


async def test_a_new_draft_has_no_work(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)

    card = await shop.cards.draft(alice.id, draft.id)

    assert (card.price, card.available, card.takes, card.work) == (2, 10, 0, None)
    assert card.model.key == "vendor-one"


async def test_a_waiting_job_knows_how_many_go_before_it(shop: Shop, alice: User, bob: User) -> None:
    """Alice's second stands behind Bob's first, though it was tapped earlier."""
    jobs = [await shop.job_of(user) for user in (alice, alice, bob)]

    ahead = [
        (await shop.cards.draft(user.id, job.draft_id or 0)).work
        for user, job in zip((alice, alice, bob), jobs, strict=True)
    ]

    assert [work.ahead for work in ahead if work and work.live] == [0, 2, 1]


async def test_the_newest_job_counts(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await shop.cancel.draft(alice.id, job.draft_id or 0)
    await shop.job_of(alice, await shop.drafts.get(alice.id, job.draft_id or 0))

    card = await shop.cards.draft(alice.id, job.draft_id or 0)

    assert card.work is not None
    assert (card.work.state, card.work.live, card.work.job_id > job.id) == ("queued", True, True)


async def test_progress_is_shown_and_no_guess_is_made_of_the_time_left(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await shop.outcomes.advance(await shop.claim(), state="running", progress=0.4)

    work = (await shop.cards.draft(alice.id, job.draft_id or 0)).work

    assert work is not None
    assert (work.state, work.progress, work.seconds_left) == ("running", 0.4, None)


async def test_the_time_left_is_learned_from_jobs_of_the_same_length(db: Database, shop: Shop, alice: User) -> None:
    for _ in range(3):
        await shop.take_of(alice)
    lag = "datetime(finished_at, '-50 seconds')" if db.is_sqlite else "finished_at - interval '50 seconds'"
    await execute(db, f"UPDATE jobs SET started_at = {lag}")  # noqa: S608 - from the line above
    job = await shop.job_of(alice)
    await shop.claim()

    work = (await shop.cards.draft(alice.id, job.draft_id or 0)).work

    assert work is not None
    assert work.seconds_left == pytest.approx(50, abs=5)


@ON_SQLITE
async def test_a_job_that_takes_longer_than_usual_promises_nothing(db: Database, shop: Shop, alice: User) -> None:
    for _ in range(3):
        await shop.take_of(alice)
    job = await shop.job_of(alice)
    await shop.claim()
    await execute(db, "UPDATE jobs SET started_at = datetime(started_at, '-50 seconds') WHERE finished_at IS NULL")

    work = (await shop.cards.draft(alice.id, job.draft_id or 0)).work

    assert work is not None
    assert work.seconds_left is None


async def test_shown_are_the_cards_with_live_work_of_people_we_can_reach(
    db: Database, shop: Shop, alice: User, bob: User
) -> None:
    waiting, done, unseen = [await shop.job_of(alice) for _ in range(3)]
    gone = await shop.job_of(bob)
    for job in (waiting, done, gone):
        await shop.drafts.show(job.draft_id or 0, message_id=1)
    await shop.cancel.draft(alice.id, done.draft_id or 0)
    await Users(db).mark_unreachable(bob.id)

    shown, _ = await shop.cards.working()

    assert [(one.user.id, one.kind, one.id) for one in shown] == [(alice.id, "draft", waiting.draft_id)]
    assert unseen.draft_id in await shop.cards.in_the_making(alice.id)


async def test_an_album_s_card_is_shown_once_for_all_its_work(shop: Shop, alice: User) -> None:
    drafts = [await shop.draft_of(alice, album="together") for _ in range(3)]
    album_id = drafts[0].album_id or 0
    await shop.drafts.show_album(album_id, message_id=5)
    await shop.ordering.generate_album(alice.id, album_id, 0)

    shown, _ = await shop.cards.working()
    assert [(one.kind, one.id) for one in shown] == [("album", album_id)]


async def test_many_cards_come_a_few_at_a_time_and_all_of_them(shop: Shop, alice: User) -> None:
    jobs = [await shop.job_of(alice) for _ in range(5)]
    for job in jobs:
        await shop.drafts.show(job.draft_id or 0, message_id=job.id)

    first, after_two = await shop.cards.working(most=2)
    second, after_four = await shop.cards.working(after=after_two or 0, most=2)
    third, the_end = await shop.cards.working(after=after_four or 0, most=2)

    assert [one.id for one in first + second + third] == [job.draft_id for job in jobs]
    assert the_end is None


@ON_SQLITE
async def test_it_knows_every_length_and_shape_on_offer(shop: Shop) -> None:
    assert shop.cards.lengths == [5, 6, 10]
    assert shop.cards.shapes == ["16:9", "9:16", "1:1"]


@ON_SQLITE
async def test_a_model_that_has_left_the_catalogue_is_the_default_one(shop: Shop) -> None:
    assert shop.catalogue.model("long-gone").key == "vendor-one"
    assert shop.catalogue.price("long-gone", 5) == 2


async def test_the_statement_comes_in_pages_and_a_page_too_far_is_the_last(db: Database, shop: Shop) -> None:
    rich = await create_user(db, "Rich", credits_=100)
    for _ in range(PAGE + 1):
        await shop.take_of(rich)

    first, last = await shop.wallet.statement(rich.id), await shop.wallet.statement(rich.id, page=99)

    assert (first.page, first.pages, len(first.entries)) == (0, 2, PAGE)
    assert (last.page, [entry.kind for entry in last.entries]) == (1, ["generation", "signup"])
    assert (first.balance.available, first.balance.held) == (100 - 2 * (PAGE + 1), 0)
    assert (await shop.wallet.statement(rich.id, page=-3)).page == 0
