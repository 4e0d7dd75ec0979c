"""One use case at a time for a name, where there is no row yet whose lock could say so."""

from __future__ import annotations

from hashlib import blake2s

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def one_at_a_time(session: AsyncSession, name: str) -> None:
    """Wait until no other transaction has this name, and have it until ours ends.

    On SQLite every writing transaction is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(blake2s(name.encode(), digest_size=8).digest(), signed=True)
        await session.execute(select(func.pg_advisory_xact_lock(number)))
