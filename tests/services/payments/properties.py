"""How long the tests of money's properties are to run, and where their chance begins."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.support.quick import Quick

FULL = os.environ.get("PROPERTIES") == "full"
"""As `make properties` has it; else for a moment."""
SEED = int(os.environ.get("SEED", "0"))
"""Another one, other sequences; each part of a run has its own besides."""


def run_machine(
    kind: Any, opened: AbstractContextManager[Quick], *, sequences: int, number: int, steps: int = 50
) -> None:
    """`kind`: a RuleBasedStateMachine that is made with a Quick."""
    with opened as quick:

        class Machine(kind):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__(quick)

        made: type[RuleBasedStateMachine] = Machine
        run_state_machine_as_test(
            seed(1000 * SEED + number)(made) if FULL or "CI" in os.environ else made,
            settings=settings(
                max_examples=sequences,
                stateful_step_count=steps,
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
