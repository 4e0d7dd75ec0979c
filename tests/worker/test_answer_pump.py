"""The pump has all that waits answered, and one question that fails does not stop the others."""

from __future__ import annotations

import asyncio
from pathlib import Path

from services.inquiries.answering import Answering
from storage.database import Database
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, rows
from tests.support.vendor import Vendor
from tests.support.writer import Scribe
from worker.answer_pump import AnswerPump

pytestmark = ON_SQLITE


async def test_it_answers_what_waits_and_outlives_what_fails(db: Database, tmp_path: Path) -> None:
    scribe = Scribe()
    shop = Shop(db, tmp_path / "objects", Vendor(), writer=scribe)
    alice = await create_user(db, "Alice")
    for _ in range(3):
        await shop.improve.ask(alice.id, (await shop.draft_of(alice)).id, after=0)
    scribe.on_improve = [RuntimeError("unforeseen")]
    answering = Answering(db, shop.store, shop.catalogue, scribe, shop.ordering, shop.alerts, shop.live.values)

    pump = asyncio.create_task(AnswerPump(answering).run())
    async with asyncio.timeout(10):
        while len(await rows(db, "SELECT id FROM inquiries WHERE state = 'answered'")) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)

    assert len(await rows(db, "SELECT id FROM inquiries WHERE state = 'waiting'")) == 1
