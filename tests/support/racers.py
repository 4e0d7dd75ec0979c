"""What races in a process of its own: in a module that imports little, because each process imports it."""

from __future__ import annotations

import asyncio

from sqlalchemy import update

from services import ledger
from services.errors import NotEnoughCredits
from storage.database import Database
from storage.tables import Lease


async def spend_one(url: str, user_id: int) -> bool:
    """What a racer does, in its own process or not. True: it got one."""
    db = Database(url)
    try:
        async with db.transaction() as session:
            held = await ledger.hold(session, user_id, 1)
        async with db.transaction() as session:
            await ledger.capture(session, held)
    except NotEnoughCredits:
        return False
    finally:
        await db.close()
    return True


async def take_ten(url: str) -> int:
    """Read, think, and write: the sequence that overspends where two may read before either writes."""
    db = Database(url)
    taken = 0
    for _ in range(10):
        async with db.transaction() as session:
            lease = await session.get_one(Lease, "purse", with_for_update=True)
            left = int(lease.owner)
            await asyncio.sleep(0)
            if left > 0:
                await session.execute(update(Lease).values(owner=str(left - 1)))
                taken += 1
    await db.close()
    return taken
