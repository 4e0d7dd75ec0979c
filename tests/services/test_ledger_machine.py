"""Whatever is done to the ledger in whatever order, it agrees with a simple model, and the books balance."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger
from services.errors import NotEnoughCredits
from services.ledger import HoldAlreadyResolved, TransferKind
from storage.database import Database
from storage.tables import User
from tests.support.auditor import audit
from tests.support.builders import create_user
from tests.support.database import empty

NAMES = ("Alice", "Bob")
CREDITS = st.integers(1, 12)


@dataclass
class Held:
    id: int
    owner: str
    amount: int
    open: bool = True


class LedgerMachine(RuleBasedStateMachine):
    """Two people, an open database, and what each should have."""

    holds: Bundle[Held] = Bundle("holds")

    def __init__(self, open_database: Callable[[], Database]) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.db = open_database()
        self.users: dict[str, User] = {}
        self.available = dict.fromkeys(NAMES, 0)
        self.held = dict.fromkeys(NAMES, 0)
        self.keys: set[str] = set()

    @initialize()
    def register(self) -> None:
        for name in NAMES:
            self.users[name] = self.loop.run(create_user(self.db, name, credits_=0))

    @rule(name=st.sampled_from(NAMES), amount=CREDITS, key=st.sampled_from("abcdef"))
    def grant(self, name: str, amount: int, key: str) -> None:
        given = self._do(ledger.grant, self.users[name].id, amount, kind=TransferKind.SIGNUP, key=key)

        assert given is (key not in self.keys)
        if given:
            self.keys.add(key)
            self.available[name] += amount

    @rule(target=holds, name=st.sampled_from(NAMES), amount=CREDITS)
    def hold(self, name: str, amount: int) -> Held:
        if amount > self.available[name]:
            with pytest.raises(NotEnoughCredits) as refused:
                self._do(ledger.hold, self.users[name].id, amount)
            assert (refused.value.needed, refused.value.available) == (amount, self.available[name])
            return Held(0, name, amount, open=False)
        made = self._do(ledger.hold, self.users[name].id, amount)
        self.available[name] -= amount
        self.held[name] += amount
        return Held(made, name, amount)

    @rule(one=holds)
    def capture(self, one: Held) -> None:
        self._resolve(one, ledger.capture)

    @rule(one=holds)
    def release(self, one: Held) -> None:
        if self._resolve(one, ledger.release):
            self.available[one.owner] += one.amount

    def _resolve(self, one: Held, how: Callable[[AsyncSession, int], Awaitable[None]]) -> bool:
        if not one.open:
            with pytest.raises(HoldAlreadyResolved):
                self._do(how, one.id)
            return False
        self._do(how, one.id)
        one.open = False
        self.held[one.owner] -= one.amount
        return True

    @invariant()
    def the_books_balance(self) -> None:
        self.loop.run(audit(self.db, holds_without_jobs=True))

    @invariant()
    def everybody_has_what_they_should(self) -> None:
        async def look() -> dict[str, ledger.Balance]:
            async with self.db.reading() as session:
                return {name: await ledger.balance(session, user.id) for name, user in self.users.items()}

        should = {name: ledger.Balance(self.available[name], self.held[name]) for name in self.users}
        assert self.loop.run(look()) == should

    def _do(self, operation: Callable[..., Awaitable[Any]], *values: Any, **named: Any) -> Any:
        async def use_case() -> Any:
            async with self.db.transaction() as session:
                return await operation(session, *values, **named)

        return self.loop.run(use_case())

    def teardown(self) -> None:
        self.loop.run(self.db.close())
        self.loop.close()


def run_machine(open_database: Callable[[], Database], *, examples: int, steps: int) -> None:
    class Machine(LedgerMachine):
        def __init__(self) -> None:
            super().__init__(open_database)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, suppress_health_check=list(HealthCheck), deadline=None
        ),
    )


def test_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "echoes.db"

    def open_database() -> Database:
        for leftover in tmp_path.glob("echoes.db*"):
            leftover.unlink()
        shutil.copyfile(sqlite_template, path)
        return Database(f"sqlite+aiosqlite:///{path}")

    run_machine(open_database, examples=100, steps=30)


def test_on_postgresql(postgres_database: str) -> None:
    def open_database() -> Database:
        empty(postgres_database)
        return Database(postgres_database)

    run_machine(open_database, examples=12, steps=20)
    empty(postgres_database)
