"""Whatever is done with money in whatever order, everybody has what they should, and the books balance.

`make properties` runs it at length, and `make test` for a moment.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.services.payments.money_machine import MoneyMachine
from tests.services.payments.properties import FULL, SEED
from tests.support.quick import Quick, quick_postgres, quick_sqlite

STEPS = 50


def run_machine(opened: AbstractContextManager[Quick], *, sequences: int, number: int) -> None:
    with opened as quick:

        class Machine(MoneyMachine):
            def __init__(self) -> None:
                super().__init__(quick)

        run_state_machine_as_test(
            seed(1000 * SEED + number)(Machine) if FULL or "CI" in os.environ else Machine,
            settings=settings(
                max_examples=sequences,
                stateful_step_count=STEPS,
                suppress_health_check=list(HealthCheck),
                deadline=None,
                database=None,
                derandomize=False,
                print_blob=True,
            ),
        )


def shards(sequences: int, *, in_full: int) -> list[Any]:
    """(sequences, number) of each part; each part has a seed of its own, and any two can run beside each other."""
    parts = [(in_full // 8, number) for number in range(8)] if FULL else [(sequences, 0)]
    return [pytest.param(*part, id=f"part{part[1]}", marks=pytest.mark.timeout(1800)) for part in parts]


@pytest.mark.parametrize(("sequences", "number"), shards(30, in_full=2000))
def test_on_sqlite(sqlite_template: Path, sequences: int, number: int) -> None:
    run_machine(quick_sqlite(sqlite_template), sequences=sequences, number=number)


@pytest.mark.parametrize(("sequences", "number"), shards(4, in_full=200))
def test_on_postgresql(postgres_database: str, sequences: int, number: int) -> None:
    run_machine(quick_postgres(postgres_database), sequences=sequences, number=number)
