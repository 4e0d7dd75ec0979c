"""All tests run, each once, and the long ones first."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.order import pytest_collection_modifyitems


def collected(processes: int | None) -> tuple[list[str], list[str]]:
    files = ["tests/bot/a.py"] * 5 + ["tests/browser/b.py"] * 3 + ["tests/e2e/c.py"] * 2 + ["tests/e2e/d.py"] * 4
    files += ["tests/services/e.py"] * 26
    items: list[Any] = [SimpleNamespace(nodeid=f"{file}::{n}", path=Path(file)) for n, file in enumerate(files)]
    config: Any = SimpleNamespace(workerinput={"workercount": processes}) if processes else SimpleNamespace()
    before = [item.nodeid for item in items]
    pytest_collection_modifyitems(config, items)
    return before, [item.nodeid for item in items]


@pytest.mark.parametrize("processes", [None, 1, 2, 3, 4, 40, 100])
def test_none_is_lost_and_none_runs_twice(processes: int | None) -> None:
    before, after = collected(processes)
    assert sorted(after) == sorted(before)
    assert (after == before) is (processes in (None, 1))


def test_half_of_four_processes_begin_with_what_waits() -> None:
    _before, after = collected(4)
    shares = [after[start : start + 10] for start in range(0, 40, 10)]
    assert ["tests/b" in one[0] or "tests/e2e" in one[0] for one in shares] == [True, True, False, False]
    assert [sum("browser" in one or "e2e" in one for one in share) for share in shares] == [7, 2, 0, 0]
