"""What owners must know of before people notice: told once an hour, and not while all is well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from providers.base import FailureReason
from services import wellbeing
from services.wellbeing import Free, Wellbeing, free
from storage.database import Database
from storage.tables import Reconciliation, User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows


@pytest.fixture
async def house(db: Database, shop: Shop, alice: User, tmp_path: Path) -> Wellbeing:
    """Alice's; its owner can be written to."""
    await shop.boss()
    return Wellbeing(db, shop.alerts, shop.live, folders=[tmp_path], webhook=True)


async def told(db: Database) -> list[tuple[str, int]]:
    found = [row[0] for row in await rows(db, "SELECT payload FROM outbox WHERE kind = 'alert' ORDER BY id")]
    payloads: list[dict[str, Any]] = [json.loads(one) if isinstance(one, str) else one for one in found]
    return [(one["alert"], one["detail"]) for one in payloads]


async def test_all_is_well(db: Database, shop: Shop, alice: User, house: Wellbeing) -> None:
    await shop.job_of(alice)
    await house.look()
    assert await told(db) == []


async def test_a_queue_that_stands_still_is_told_once_unless_it_was_paused(
    db: Database, shop: Shop, alice: User, house: Wellbeing
) -> None:
    await shop.job_of(alice)
    past = "datetime('now', '-20 minutes')" if db.is_sqlite else "now() - interval '20 minutes'"
    await execute(db, f"UPDATE jobs SET due_at = {past}")  # noqa: S608 - ours
    for name, paused, again in (("paused", True, False), ("paused_makers", ["vendor"], ["somebody-else"])):
        await shop.live.set(await shop.boss(), name, paused)
        await house.look()
        assert await told(db) == []
        await shop.live.set(await shop.boss(), name, again)

    await house.look()
    await house.look()
    assert await told(db) == [("queue_old", 20)]


async def test_failures_of_ours_are_told(db: Database, shop: Shop, alice: User, house: Wellbeing) -> None:
    for reason in (FailureReason.BUSY, FailureReason.REFUSED):
        await shop.job_of(alice)
        claim = await shop.claim()
        await shop.outcomes.fail(claim.job, claim.fence, reason)
    await house.look()
    assert await told(db) == [("dead_letters", 1)]


async def test_what_was_mended_is_told_once_for_each_look(db: Database, shop: Shop, house: Wellbeing) -> None:
    for rail, mended in (("stars", []), ("stars", ["one", "two"]), ("stripe", ["three"])):
        async with db.transaction() as session:
            session.add(Reconciliation(rail=rail, cursor=1, looked_at=5, mended=mended))
    await house.look()
    await house.look()
    assert await told(db) == [("mended", 2), ("webhook_silent", 1)]


@ON_SQLITE
async def test_without_a_webhook_stripes_list_is_how_payments_are_found(
    db: Database, shop: Shop, house: Wellbeing, tmp_path: Path
) -> None:
    async with db.transaction() as session:
        session.add(Reconciliation(rail="stripe", cursor=1, looked_at=5, mended=["one"]))
    await Wellbeing(db, shop.alerts, shop.live, folders=[], webhook=False).look()
    assert await told(db) == []


@ON_SQLITE
async def test_a_disk_that_fills_up_is_told(db: Database, house: Wellbeing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wellbeing, "free", lambda folder: Free(folder, 700 * 1024**2, 10**12))
    await house.look()
    assert await told(db) == [("disk_full", 700)]


def test_the_disk_of_a_folder_that_is_not_there_yet_is_its_parents(tmp_path: Path) -> None:
    there, yet_to_be = free(tmp_path), free(tmp_path / "a" / "b")
    assert there.total == yet_to_be.total > 0
    assert Free(tmp_path, 2 * 1024**3, 10 * 1024**3).short is False
    assert Free(tmp_path, 2 * 1024**3, 100 * 1024**3).short is True
