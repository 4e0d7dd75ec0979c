"""Connections to PostgreSQL that outlive a test, as they outlive a use case in the product.

The server begins a process for each, which plans every question anew.
"""

from __future__ import annotations

import asyncio
import select
from collections import defaultdict
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

_idle: defaultdict[str, list[Kept]] = defaultdict(list)
"""By what they were made with."""


class Kept(psycopg.AsyncConnection[tuple[Any, ...]]):
    made_with = ""

    async def close(self) -> None:
        """It is kept, unless something is left of what was done with it."""
        if not self.closed and self.info.transaction_status == TransactionStatus.IDLE:
            _idle[self.made_with].append(self)
        else:
            await super().close()


async def connect(conninfo: str = "", **options: Any) -> Kept:
    """As AsyncConnection.connect: one that is there already, or else a new one."""
    made_with = f"{conninfo} {sorted(options.items(), key=str)}"
    while _idle[made_with]:
        connection = _idle[made_with].pop()
        if _is_alive(connection):
            connection.lock = asyncio.Lock()  # the last one may belong to a loop that is gone
            return connection
        connection.pgconn.finish()
    made = await Kept.connect(conninfo, **options)
    made.made_with = made_with
    return made


def servers() -> list[int]:
    """The server's processes at the other end of those that nobody uses."""
    return [one.info.backend_pid for kept in _idle.values() for one in kept if not one.closed]


def let_go() -> None:
    for kept in _idle.values():
        for one in kept:
            one.pgconn.finish()
    _idle.clear()


def _is_alive(connection: Kept) -> bool:
    # Nobody has asked the server anything: what it has to say is its farewell.
    return not connection.closed and not select.select([connection.fileno()], [], [], 0)[0]
