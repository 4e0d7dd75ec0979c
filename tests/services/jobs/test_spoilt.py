"""Whatever a vendor delivers in place of a clip: nobody pays for it, and nothing of it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.base import FailureReason
from services.jobs import states
from services.ledger import Balance
from storage.database import Database
from storage.tables import User
from tests.services.jobs.steps import messages, run, run_through
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows
from tests.support.spoilt import SPOILT, spoilt
from tests.support.vendor import Vendor


def kept(shop: Shop) -> list[Path]:
    return [path for path in shop.folder.rglob("*") if path.is_file() and "clips" in path.parts]


@ON_SQLITE
@pytest.mark.parametrize("name", SPOILT)
async def test_it_is_not_paid_for_and_not_kept(
    db: Database, shop: Shop, vendor: Vendor, alice: User, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(states, "MAX_ATTEMPTS", 1)
    job = await shop.job_of(alice)
    vendor.on_fetch = [spoilt(name)]

    await run(shop)

    now = await shop.job(job.id)
    assert (now.state, now.failure_reason) == ("failed", FailureReason.BAD_RESULT)
    assert await shop.wallet.balance(alice.id) == Balance(10, 0)
    assert await rows(db, "SELECT id FROM takes") == []
    assert await messages(db) == ["clip_failed"]
    assert kept(shop) == []


@ON_SQLITE
async def test_a_vendor_that_delivers_nothing_else_loses_the_job_to_the_next(
    db: Database, tmp_path: Path, vendor: Vendor, alice: User
) -> None:
    other = Vendor(name="other")
    shop = Shop(db, tmp_path / "objects", vendor, other)
    job = await shop.job_of(alice)
    for one in (vendor, other):
        one.on_fetch = [spoilt("half of it")] * (3 if one.name == job.provider else 0)

    await run_through(shop, db)

    now = await shop.job(job.id)
    assert (now.state, now.tried) == ("succeeded", [job.provider])
    assert await shop.wallet.balance(alice.id) == Balance(8, 0)


def test_there_are_more_than_thirty_of_them_and_no_two_are_the_same() -> None:
    assert len({spoilt(name) for name in SPOILT}) == len(SPOILT) >= 30
