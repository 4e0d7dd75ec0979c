"""When one vendor cannot, the next one does, for no more than was shown; and a vendor that only fails is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.base import SHAPES, ClipModel, FailureReason, OutOfCredit
from services.jobs.health import FAILURES
from services.ledger import Balance
from storage.database import Database
from storage.tables import User
from tests.services.jobs.steps import messages, run, run_through
from tests.support.builders import OWNER, Shop, create_user
from tests.support.database import execute, expire, rows
from tests.support.vendor import Vendor, refusal


class Other(Vendor):
    """Another vendor, with another model at its own price."""

    price = 1

    def models(self) -> tuple[ClipModel, ...]:
        return (ClipModel("other-model", "Other", self.name, SHAPES, {5: self.price, 10: self.price * 2}),)


@pytest.fixture
def other() -> Other:
    return Other(name="other")


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Vendor, other: Other) -> Shop:
    return Shop(db, tmp_path / "objects", vendor, other)


def fails(vendor: Vendor, times: int, *, reason: FailureReason = FailureReason.UNAVAILABLE) -> None:
    vendor.on_submit = [refusal(retryable=True, reason=reason) for _ in range(times)]


async def test_it_is_tried_three_times_and_then_goes_to_the_next_for_less(
    db: Database, shop: Shop, vendor: Vendor, other: Other, alice: User
) -> None:
    job = await shop.job_of(alice)
    fails(vendor, 3)

    await run_through(shop, db)

    now = await shop.job(job.id)
    assert (now.state, now.provider, now.tried, now.charge) == ("succeeded", "other", ["vendor"], 1)
    assert (len(vendor.submissions), len(other.submissions)) == (3, 1)
    assert other.submissions[0].model == "other-model"
    assert await shop.wallet.balance(alice.id) == Balance(9, 0)
    assert await messages(db) == ["clip_ready"]


async def test_nobody_dearer_is_asked(db: Database, shop: Shop, vendor: Vendor, other: Other, alice: User) -> None:
    other.price = 3
    shop.catalogue.adopt(shop.live.now)
    job = await shop.job_of(alice)
    fails(vendor, 3)

    await run_through(shop, db)

    assert (await shop.job(job.id)).state == "failed"
    assert other.submissions == []
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)


async def test_what_is_wrong_with_the_order_is_wrong_everywhere(
    db: Database, shop: Shop, vendor: Vendor, other: Other, alice: User
) -> None:
    job = await shop.job_of(alice)
    fails(vendor, 1, reason=FailureReason.REFUSED)

    await run_through(shop, db)

    assert (await shop.job(job.id)).failure_reason == FailureReason.REFUSED
    assert other.submissions == []


async def test_an_empty_account_moves_the_job_at_once_and_tells_the_owners_once(
    db: Database, shop: Shop, vendor: Vendor, other: Other, alice: User
) -> None:
    owner = await create_user(db, "Olga")
    await execute(db, "UPDATE users SET telegram_id = :id WHERE id = :olga", id=OWNER, olga=owner.id)
    vendor.on_submit = [OutOfCredit("empty", provider="vendor")]
    for _ in range(2):
        await shop.job_of(alice)

    await run_through(shop, db)

    assert len(vendor.submissions) == 1
    assert len(other.submissions) == 2
    told = await rows(db, "SELECT user_id, payload FROM outbox WHERE kind = 'alert'")
    assert [user for user, _ in told] == [owner.id]
    assert "vendor_out_of_credit" in str(told[0][1])


async def test_a_vendor_that_fails_again_and_again_is_left_alone_and_then_tried_by_one(
    db: Database, shop: Shop, vendor: Vendor, other: Other, alice: User
) -> None:
    fails(vendor, FAILURES)
    for _ in range(FAILURES):
        await shop.health.failed("vendor", FailureReason.UNAVAILABLE)

    assert not await shop.health.may_try("vendor")
    await expire(db, "vendors", "rests_until")
    shop.health._forget()
    assert [await shop.health.may_try("vendor") for _ in range(3)] == [True, False, False]
    await shop.health.worked("vendor")
    assert await shop.health.may_try("vendor")


async def test_where_there_is_nobody_else_work_waits_for_a_vendor_at_rest(
    db: Database, tmp_path: Path, vendor: Vendor, alice: User
) -> None:
    shop = Shop(db, tmp_path / "objects", vendor)
    job = await shop.job_of(alice)
    await shop.health.failed("vendor", FailureReason.UNAVAILABLE, for_sure=True)

    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.attempts) == ("queued", 0)
    assert vendor.submissions == []


async def test_that_a_vendor_has_much_to_do_is_not_held_against_it(db: Database, shop: Shop, alice: User) -> None:
    fails(shop.vendor, 2, reason=FailureReason.BUSY)
    await shop.job_of(alice)

    await run_through(shop, db)

    assert await rows(db, "SELECT * FROM vendors") == []
