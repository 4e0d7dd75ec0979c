"""How long work usually takes is learned from the last jobs, and remembered for a moment."""

from __future__ import annotations

import pytest

from services.jobs import usual
from services.jobs.rhythm import sort_of
from services.jobs.usual import UsualTimes
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute


@ON_SQLITE
async def test_many_cards_ask_and_it_is_learned_once(
    db: Database, shop: Shop, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes = [await shop.take_of(alice) for _ in range(3)]
    sort = sort_of(await shop.job(takes[0].job_id))
    times = UsualTimes()
    heard = []

    for took in (40, 50):
        begun = "strftime('%Y-%m-%d %H:%M:%f000', finished_at, :ago || ' seconds')"
        await execute(db, f"UPDATE jobs SET started_at = {begun}", ago=-took)  # noqa: S608 - from the line above
        for kept in (usual.KEPT_SECONDS, 0.0):
            monkeypatch.setattr(usual, "KEPT_SECONDS", kept)
            async with db.reading() as session:
                heard.append(await times.seconds(session, sort))
        monkeypatch.undo()

    assert heard == [pytest.approx(40, abs=0.01)] * 3 + [pytest.approx(50, abs=0.01)]
