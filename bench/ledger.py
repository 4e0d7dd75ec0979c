"""The ledger: credits held and captured a second, on SQLite and PostgreSQL as production sets them up.

Goal: at least 0.6 of what bare transactions reach that send the same statements through the same engine (median of
rounds in which they take turns). What the driver does alone, without engine and event loop, stands beside it. The books
of all three are audited at the end. The PostgreSQL is the tests' own, which does not wait for the disk; SQLite does.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import event, text

from services import ledger
from storage import migrate
from storage.database import Database
from storage.tables import User
from tests.support.auditor import audit
from tests.support.builders import create_user
from tests.support.lifeline import TestRun, shared_server

GOAL = 0.6
ROUNDS, PAIRS = 9, 150
CREDITS = 1_000_000
ACCOUNTS = "SELECT kind, id FROM accounts WHERE user_id = :user OR (user_id IS NULL AND kind = 'revenue')"

LOCK = "SELECT id, kind, balance FROM accounts WHERE user_id = :user ORDER BY id {lock}"
TRANSFER = """
    INSERT INTO transfers (key, kind, user_id, source_id, target_id, amount, hold_id, created_at)
    VALUES ('{kind}:' || :hold, '{kind}', :user, :{source}, :{target}, 1, :hold, {now})
    ON CONFLICT DO NOTHING RETURNING id"""
MOVE = """
    UPDATE accounts SET balance = balance + CASE WHEN id = :{source} THEN -1 ELSE 1 END
    WHERE id IN (:{source}, :{target})
    AND (user_id IS NULL OR kind = 'debt' OR balance + CASE WHEN id = :{source} THEN -1 ELSE 1 END >= 0)"""
HOLD = (
    LOCK,
    "INSERT INTO holds (user_id, amount, state, created_at) VALUES (:user, 1, 'held', {now}) RETURNING id",
    TRANSFER.replace("{kind}", "hold").replace("{source}", "available").replace("{target}", "held"),
    MOVE.replace("{source}", "available").replace("{target}", "held"),
)
CAPTURE = (
    """UPDATE holds SET state = 'captured', resolved_at = {now} WHERE id = :hold AND state = 'held'
       RETURNING user_id, amount""",
    LOCK.replace(" FROM", ", (SELECT id FROM accounts WHERE user_id IS NULL AND kind = 'revenue') AS house FROM"),
    TRANSFER.replace("{kind}", "generation").replace("{source}", "held").replace("{target}", "revenue"),
    MOVE.replace("{source}", "held").replace("{target}", "revenue"),
)
WORDS = {
    True: {"now": "strftime('%Y-%m-%d %H:%M:%f000', 'now', 0.0 || ' seconds')", "lock": ""},
    False: {"now": "(clock_timestamp() + make_interval(secs => 0.0))", "lock": "FOR UPDATE"},
}
"""Whether it is SQLite, and what it calls things."""

Values = dict[str, Any]


class Bench:
    """Two people on one database: one spends through the ledger, the others' rows are written by hand."""

    def __init__(self, db: Database, url: str) -> None:
        self.db, self.sent = db, 0
        words = WORDS[db.is_sqlite]
        self.hold, self.capture = ([one.format(**words) for one in each] for each in (HOLD, CAPTURE))
        self.texts = [[text(one) for one in each] for each in (self.hold, self.capture)]
        self.raw: Any = _raw_sqlite(url) if db.is_sqlite else psycopg.connect(url.replace("+psycopg", ""))
        event.listen(db.engine.sync_engine, "before_cursor_execute", self._count)

    async def people(self) -> None:
        self.one, *others = [await create_user(self.db, name, credits_=CREDITS) for name in ("Alice", "Bob", "Carol")]
        async with self.db.transaction() as session:  # the house's account comes into being with the first capture
            held = await ledger.hold(session, self.one.id, 1)
            await ledger.capture(session, held)
        self.bare, self.driven = [await self._values(user) for user in others]

    async def through_the_ledger(self) -> None:
        async with self.db.transaction() as session:
            held = await ledger.hold(session, self.one.id, 1)
        async with self.db.transaction() as session:
            await ledger.capture(session, held)

    async def through_the_engine(self) -> None:
        values = self.bare
        for statements in self.texts:
            async with self.db.engine.begin() as connection:
                for statement in statements:
                    result = await connection.execute(statement, values)
                    if statement is self.texts[0][1]:
                        values = self.bare | {"hold": result.scalar_one()}
                    elif result.returns_rows:
                        result.all()

    def by_the_driver(self) -> None:
        values = self.driven
        for statements in (self.hold, self.capture):
            cursor = self.raw.cursor()
            if self.db.is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            for place, statement in enumerate(statements):
                cursor.execute(statement if self.db.is_sqlite else _percent(statement), values)
                if statements is self.hold and place == 1:
                    values = self.driven | {"hold": cursor.fetchone()[0]}
            self.raw.commit()

    async def check(self) -> None:
        """That like is measured with like: as many statements, and books that balance."""
        counts = []
        for spend in (self.through_the_ledger, self.through_the_engine):
            before = self.sent
            await spend()
            counts.append(self.sent - before)
        assert counts[0] == counts[1], f"the ledger sends {counts[0]} statements, the bare transactions {counts[1]}"

    async def rounds(self) -> list[tuple[float, float, float]]:
        """Pairs of transactions a second: through the ledger, bare, and by the driver."""
        found = []
        for _ in range(ROUNDS):
            ours = await _pace(self.through_the_ledger)
            bare = await _pace(self.through_the_engine)
            begun = time.perf_counter()
            for _ in range(PAIRS):
                self.by_the_driver()
            found.append((ours, bare, PAIRS / (time.perf_counter() - begun)))
        return found

    async def _values(self, user: User) -> Values:
        async with self.db.reading() as session:
            rows = await session.execute(text(ACCOUNTS), {"user": user.id})
            return {"user": user.id, "hold": None} | {row.kind: row.id for row in rows}

    def _count(self, *_: object) -> None:
        self.sent += 1


def _raw_sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _percent(statement: str) -> str:
    return re.sub(r":(\w+)\b(?!')", r"%(\1)s", statement)


async def _pace(spend: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    for _ in range(PAIRS):
        await spend()
    return PAIRS / (time.perf_counter() - begun)


async def measure(name: str, url: str) -> bool:
    db = Database(url)
    bench = Bench(db, url)
    await bench.people()
    await bench.check()
    found = await bench.rounds()
    await audit(db, holds_without_jobs=True)
    bench.raw.close()
    await db.close()
    ours, bare, raw = (statistics.median(column) for column in zip(*found, strict=True))
    ratio = statistics.median(one / other for one, other, _ in found)
    paces = f"{ours:4.0f} holds and captures a second, bare {bare:4.0f}, the driver alone {raw:5.0f}"
    print(f"{name:10} {ratio:4.2f} × bare transactions: {paces}")
    return ratio >= GOAL


def main() -> int:
    run = TestRun()
    try:
        sqlite = f"sqlite+aiosqlite:///{run.folder / 'echoes.db'}"
        postgres = shared_server("tests.support.postgres_server")["url"].replace("://", "+psycopg://", 1)
        met = []
        for name, url in (("SQLite", sqlite), ("PostgreSQL", postgres)):
            migrate.upgrade(url)
            met.append(asyncio.run(measure(name, url)))
    finally:
        run.end()
    print(f"goal: {GOAL} × bare transactions on both: {'met' if all(met) else 'MISSED'}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
