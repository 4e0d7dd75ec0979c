"""Ending a live job, or giving it to another vendor: past whoever works on it, once, and nobody's credits are lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from providers.base import SHAPES, FailureReason, Phase, Status
from services.errors import AlreadyDone, CannotBeMoved, NotYours
from services.jobs.outcome import LeaseLost
from services.ledger import Balance
from storage.database import Database
from storage.tables import Job, User
from tests.services.jobs.steps import Other, messages, run, run_through
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, expire, rows
from tests.support.vendor import Vendor, refusal

LIVE = ["queued", "submitting", "running", "storing", "unknown"]


@pytest.fixture
def other() -> Other:
    return Other()


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Vendor, other: Other) -> Shop:
    return Shop(db, tmp_path / "objects", vendor, other)


async def in_state(shop: Shop, user: User, state: str) -> Job:
    """A live job as workers leave it; from `running` on the vendor has it as `work-1`."""
    job = await shop.job_of(user)
    if state != "queued":
        claim = await shop.claim()
        if state == "unknown":
            await shop.outcomes.to_unknown(claim)
        elif state == "running":
            await shop.outcomes.park(claim, wait_s=0.0, external_id="work-1")
        elif state == "storing":
            await shop.outcomes.advance(claim, state="storing", external_id="work-1")
    now = await shop.job(job.id)
    assert now.state == state
    return now


@ON_SQLITE
@pytest.mark.parametrize("state", LIVE)
async def test_whatever_is_live_can_be_ended(db: Database, shop: Shop, vendor: Vendor, alice: User, state: str) -> None:
    job = await in_state(shop, alice, state)

    await shop.steering.fail(await shop.boss(), job.id)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason, now.next_poll_at, now.late_until) == ("failed", "stopped", None, None)
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)
    assert await messages(db) == ["clip_failed"]
    assert (await shop.drafts.get(alice.id, job.draft_id or 0)).state == "open"
    assert vendor.cancelled == (["work-1"] if state in ("running", "storing") else [])
    assert await run(shop) is None
    (entry,) = (await shop.audit.listed())[0]
    assert (entry.entry.action, entry.entry.subject, entry.entry.before) == (
        "job_failed",
        f"job:{job.id}",
        {"state": state, "vendor": "vendor"},
    )


@ON_SQLITE
async def test_what_is_over_cannot_be_ended_nor_moved(db: Database, shop: Shop, alice: User) -> None:
    take = await shop.take_of(alice)
    boss = await shop.boss()

    for job_id, refused in ((take.job_id, AlreadyDone), (999, NotYours)):
        with pytest.raises(refused):
            await shop.steering.fail(boss, job_id)
        with pytest.raises(refused):
            await shop.steering.move(boss, job_id, "other")
    assert await rows(db, "SELECT id FROM audit_log") == []


@ON_SQLITE
async def test_what_was_ended_by_hand_waits_for_nobody_but_can_be_done_over(shop: Shop, alice: User) -> None:
    job = await in_state(shop, alice, "queued")
    boss = await shop.boss()
    await shop.steering.fail(boss, job.id)

    assert (await shop.dead.listed())[1] == 0
    assert (await shop.sheets.job(job.id)).can_be_done_over
    assert (await shop.dead.retry(boss, job.id)).retry_of == job.id


@ON_SQLITE
async def test_a_vendor_that_cannot_be_told_to_stop_keeps_nothing_held(
    shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(_external_id: str) -> None:
        raise refusal(retryable=True, reason=FailureReason.UNAVAILABLE)

    monkeypatch.setattr(vendor, "cancel", unreachable)
    job = await in_state(shop, alice, "running")

    await shop.steering.fail(await shop.boss(), job.id)

    assert await shop.wallet.balance(alice.id) == Balance(10, 0)


@ON_SQLITE
@pytest.mark.parametrize("moment", ["submit", "status", "fetch"])
@pytest.mark.parametrize("deed", ["fail", "move"])
async def test_whoever_works_on_it_at_that_moment_has_its_vendor_stop(
    db: Database, shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch, moment: str, deed: str
) -> None:
    """While it is handed over, nobody else knows of the work; later the vendor may be told twice."""
    job, boss = await shop.job_of(alice), await shop.boss()
    usual = getattr(vendor, moment)

    async def meanwhile(*asked: object) -> object:
        monkeypatch.setattr(vendor, moment, usual)
        await (shop.steering.fail(boss, job.id) if deed == "fail" else shop.steering.move(boss, job.id, "other"))
        return await usual(*asked)

    monkeypatch.setattr(vendor, moment, meanwhile)
    await run(shop)

    assert set(vendor.cancelled) == {"work-1"}
    await run_through(shop, db)
    now = await shop.job(job.id)
    assert (now.state, now.provider) == (("failed", "vendor") if deed == "fail" else ("succeeded", "other"))
    assert await messages(db) == (["clip_failed"] if deed == "fail" else ["clip_ready"])
    assert await shop.wallet.balance(alice.id) == Balance(10 if deed == "fail" else 9, 0)


@ON_SQLITE
async def test_who_lost_a_job_to_one_that_waits_for_the_same_work_leaves_it_alone(
    db: Database, shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Believed dead, it was succeeded under the same token: its vendor makes one piece of work of both."""
    await shop.job_of(alice)
    submit = vendor.submit

    async def believed_dead(request: object) -> str:
        external_id = await submit(request)  # type: ignore[arg-type]
        monkeypatch.setattr(vendor, "submit", submit)
        await expire(db, "jobs", "lease_until")
        await shop.claim("another")
        return external_id

    monkeypatch.setattr(vendor, "submit", believed_dead)
    await run(shop)

    assert vendor.cancelled == []


@ON_SQLITE
@pytest.mark.parametrize("state", LIVE)
async def test_whatever_is_live_can_be_moved_and_is_made_once(
    db: Database, shop: Shop, vendor: Vendor, other: Other, alice: User, state: str
) -> None:
    job = await in_state(shop, alice, state)

    await shop.steering.move(await shop.boss(), job.id, "other")

    now = await shop.job(job.id)
    assert (now.state, now.provider, now.tried, now.charge, now.external_id) == ("queued", "other", ["vendor"], 1, None)
    assert now.fence > job.fence
    assert shop.woken.jobs[-1] == job.id
    assert await run(shop) == job.id
    assert other.submissions[0].token != job.submission_token
    assert vendor.cancelled == (["work-1"] if state in ("running", "storing") else [])
    assert await shop.wallet.balance(alice.id) == Balance(9, 0)
    assert await messages(db) == ["clip_ready"]


@ON_SQLITE
async def test_what_the_old_vendor_still_says_is_not_heard(
    db: Database, shop: Shop, vendor: Vendor, other: Other, alice: User
) -> None:
    job = await in_state(shop, alice, "running")
    await shop.steering.move(await shop.boss(), job.id, "other")
    vendor.on_status = [Status(Phase.DONE)]

    await shop.hints.heard("vendor", job.submission_token or "")
    await shop.watcher.round()
    await shop.late.round()
    await run_through(shop, db)

    assert (vendor.on_status, len(other.submissions)) == ([Status(Phase.DONE)], 1)
    assert await messages(db) == ["clip_ready"]


@ON_SQLITE
async def test_a_failure_there_that_was_told_while_it_was_moved_is_held_against_nobody(
    shop: Shop, vendor: Vendor, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, boss = await in_state(shop, alice, "running"), await shop.boss()

    async def failed(_external_id: str) -> Status:
        await shop.steering.move(boss, job.id, "other")
        return Status(Phase.FAILED, error=refusal(retryable=False, reason=FailureReason.UNAVAILABLE))

    monkeypatch.setattr(vendor, "status", failed)
    await shop.watcher.round()

    now = await shop.job(job.id)
    assert (now.state, now.provider) == ("queued", "other")
    assert await shop.health.conditions() == []


@ON_SQLITE
async def test_what_is_charged_never_rises(shop: Shop, alice: User) -> None:
    job = await in_state(shop, alice, "queued")
    boss = await shop.boss()

    await shop.steering.move(boss, job.id, "other")
    await shop.steering.move(boss, job.id, "vendor")

    now = await shop.job(job.id)
    assert (now.provider, now.price, now.charge) == ("vendor", 2, 1)


@ON_SQLITE
@pytest.mark.parametrize("other", [Other(price=3), Other(shapes=1)], ids=["dearer", "another shape"])
async def test_nobody_is_given_what_they_do_not_make_for_the_price_shown(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await shop.drafts.choose(alice.id, draft.id, "shape", SHAPES[1])
    job = await shop.job_of(alice, await shop.drafts.get(alice.id, draft.id))

    for vendor in ("other", "nobody", "film"):
        with pytest.raises(CannotBeMoved):
            await shop.steering.move(await shop.boss(), job.id, vendor)

    assert (await shop.job(job.id)).provider == "vendor"
    assert (await shop.sheets.job(job.id)).takers == []


@ON_SQLITE
async def test_what_its_owner_wants_cancelled_is_not_moved(shop: Shop, alice: User) -> None:
    job = await in_state(shop, alice, "running")
    await shop.cancel.draft(alice.id, job.draft_id or 0)

    with pytest.raises(AlreadyDone):
        await shop.steering.move(await shop.boss(), job.id, "other")


@pytest.mark.parametrize("deed", ["fail", "move"])
async def test_at_the_same_moment_as_its_success_one_of_both_happens(
    db: Database, shop: Shop, alice: User, deed: str
) -> None:
    jobs = [await shop.job_of(alice) for _ in range(4)]
    claims = [await shop.claim() for _ in jobs]
    stored = [await shop.stored(claim) for claim in claims]
    boss = await shop.boss()

    async def steer(job_id: int) -> None:
        await (shop.steering.fail(boss, job_id) if deed == "fail" else shop.steering.move(boss, job_id, "other"))

    both = [(shop.outcomes.succeed(one, clip), steer(one.job.id)) for one, clip in zip(claims, stored, strict=True)]
    # Each of the two is the first of them for half of the jobs.
    ends = [pair if number % 2 else pair[::-1] for number, pair in enumerate(both)]
    said = await asyncio.gather(*(one for pair in ends for one in pair), return_exceptions=True)

    refusals = [type(one) for one in said if one is not None]
    assert len(refusals) == len(jobs)
    assert set(refusals) <= {LeaseLost, AlreadyDone}
    succeeded = refusals.count(AlreadyDone)
    await run_through(shop, db)
    moved = 0 if deed == "fail" else len(jobs) - succeeded
    assert await shop.wallet.balance(alice.id) == Balance(10 - 2 * succeeded - moved, 0)
    ((takes,),) = await rows(db, "SELECT count(*) FROM takes")
    assert takes == succeeded + moved
    assert len(await messages(db)) == len(jobs)


async def test_ended_and_moved_by_many_at_once_it_ends_once(db: Database, shop: Shop, alice: User) -> None:
    job = await in_state(shop, alice, "running")
    boss = await shop.boss()

    deeds = [shop.steering.fail(boss, job.id) for _ in range(5)]
    moves = [shop.steering.move(boss, job.id, "other") for _ in range(5)]
    said = await asyncio.gather(*deeds, *moves, return_exceptions=True)

    assert {type(one) for one in said if one is not None} == {AlreadyDone}
    assert (await shop.job(job.id)).state == "failed"
    assert await messages(db) == ["clip_failed"]
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)
