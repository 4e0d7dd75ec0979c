"""Generate: the price is set aside and one job queued, however often the button is tapped."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from services.errors import AlreadyDone, NotEnoughCredits, TooManyOpenJobs
from services.jobs import states
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, rows


async def test_it_holds_the_price_queues_the_job_and_wakes_a_worker(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)

    with structlog.contextvars.bound_contextvars(cid="abc"):
        job = await shop.ordering.generate(alice.id, draft.id, 0)

    assert (job.state, job.price, job.provider, job.correlation_id) == ("queued", 2, "vendor", "abc")
    assert job.params | {"seed": 0} == {
        "photo_key": draft.photo_key,
        "prompt": "snow",
        "model": "vendor-one",
        "shape": "16:9",
        "duration_s": 5,
        "project": 0,
        "seed": 0,
    }
    assert await shop.balance(alice) == (8, 2)
    assert shop.woken.jobs == [job.id]
    assert ((await shop.drafts.get(alice.id, draft.id)).state, draft.round + 1) == ("working", 1)


async def test_fifty_taps_at_once_make_one_job_and_one_hold(db: Database, shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)

    jobs = await asyncio.gather(*(shop.ordering.generate(alice.id, draft.id, 0) for _ in range(50)))

    assert len({job.id for job in jobs}) == 1
    assert await rows(db, "SELECT count(*) FROM jobs") == await rows(db, "SELECT count(*) FROM holds") == [(1,)]
    assert await shop.balance(alice) == (8, 2)


async def test_a_tap_after_the_clip_is_done_finds_the_first_one_s_job(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    take = await shop.take_of(alice, draft)

    assert (await shop.ordering.generate(alice.id, draft.id, 0)).id == take.job_id
    assert await shop.balance(alice) == (8, 0)


async def test_another_take_is_another_round_with_another_seed(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    first = await shop.job(await_id := (await shop.take_of(alice, draft)).job_id)

    second = await shop.ordering.generate(alice.id, draft.id, 1)

    assert second.id != await_id
    assert second.params["seed"] != first.params["seed"]


@pytest.mark.parametrize("round_", [1, 7, -1])
async def test_a_button_of_another_round_does_nothing(shop: Shop, alice: User, round_: int) -> None:
    draft = await shop.draft_of(alice)

    with pytest.raises(AlreadyDone):
        await shop.ordering.generate(alice.id, draft.id, round_)

    assert await shop.balance(alice) == (10, 0)


async def test_without_enough_credits_nothing_is_queued_or_changed(db: Database, shop: Shop) -> None:
    poor = await create_user(db, "Poor", credits_=1)
    draft = await shop.draft_of(poor)

    with pytest.raises(NotEnoughCredits) as refused:
        await shop.ordering.generate(poor.id, draft.id, 0)

    assert (refused.value.needed, refused.value.available) == (2, 1)
    assert await rows(db, "SELECT id FROM jobs UNION ALL SELECT id FROM holds") == []
    assert await rows(db, "SELECT state, round FROM drafts") == [("open", 0)]
    assert shop.woken.jobs == []
    user = (await rows(db, "SELECT dialogue FROM users WHERE id = :id", id=poor.id))[0][0]
    assert "draft_prompt" in str(user), "the next text still is the prompt"


async def test_different_drafts_racing_for_the_last_credits_spend_no_more(db: Database, shop: Shop) -> None:
    poor = await create_user(db, "Poor", credits_=5)
    drafts = [await shop.draft_of(poor) for _ in range(6)]

    taps = await asyncio.gather(
        *(shop.ordering.generate(poor.id, draft.id, 0) for draft in drafts), return_exceptions=True
    )

    assert sum(isinstance(tap, NotEnoughCredits) for tap in taps) == 4
    assert await shop.balance(poor) == (1, 4)
    assert await rows(db, "SELECT state, count(*) FROM drafts GROUP BY state ORDER BY state") == [
        ("open", 4),
        ("working", 2),
    ]


@ON_SQLITE
async def test_nobody_may_have_too_many_at_once(
    db: Database, shop: Shop, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MAX_LIVE_PER_USER", 2)
    for _ in range(2):
        await shop.job_of(alice)
    draft = await shop.draft_of(alice)

    with pytest.raises(TooManyOpenJobs) as refused:
        await shop.ordering.generate(alice.id, draft.id, 0)

    assert refused.value.limit == 2
    assert (await shop.drafts.get(alice.id, draft.id)).state == "open"


@ON_SQLITE
async def test_the_job_keeps_what_was_ordered(shop: Shop, alice: User) -> None:
    job = await shop.job_of(alice)
    await shop.cancel.draft(alice.id, job.draft_id or 0)

    await shop.drafts.write_prompt(alice.id, job.draft_id or 0, "rain")

    assert (await shop.job(job.id)).params["prompt"] == "snow"


@ON_SQLITE
async def test_a_draft_that_was_put_away_can_still_be_made(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await shop.drafts.close(alice.id, draft.id)

    assert (await shop.ordering.generate(alice.id, draft.id, 0)).state == "queued"
