"""Whatever is done with money in whatever order, everybody has what they should, and the books balance.

`make properties` runs it at length, and `make test` for a moment.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.payments.money_machine import MoneyMachine
from tests.services.payments.properties import run_machine, shards
from tests.support.quick import quick_postgres, quick_sqlite


@pytest.mark.parametrize(("sequences", "number"), shards(12, in_full=2000))
def test_on_sqlite(sqlite_template: Path, sequences: int, number: int) -> None:
    run_machine(MoneyMachine, quick_sqlite(sqlite_template), sequences=sequences, number=number)


@pytest.mark.parametrize(("sequences", "number"), shards(2, in_full=200))
def test_on_postgresql(postgres_database: str, sequences: int, number: int) -> None:
    run_machine(MoneyMachine, quick_postgres(postgres_database), sequences=sequences, number=number)
