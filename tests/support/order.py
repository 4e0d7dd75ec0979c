"""In which order the tests of several processes (pytest-xdist) run.

What drives whole worlds mostly waits: for clips, restarts, pages. It is begun first, by half of the processes, so that
the others keep the processors busy meanwhile and nobody begins something long when all else is done. Tests of one file
stay together: they share what they have set up.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

import pytest

WAIT: Final = ("tests/e2e/", "tests/browser/", "tests/chaos/")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # `--dist worksteal` begins by giving each process an equal share of neighbours.
    processes: int = getattr(config, "workerinput", {}).get("workercount", 1)
    share, lanes = len(items) // processes, processes // 2
    if lanes:
        waiting = [item for item in items if item.nodeid.startswith(WAIT)]
        rest = [item for item in items if not item.nodeid.startswith(WAIT)]
        shares: list[list[pytest.Item]] = [[] for _ in range(lanes)]
        for number, (_file, tests) in enumerate(groupby(waiting, key=lambda item: item.path)):
            shares[number % lanes].extend(tests)
        for one in shares:
            filled = max(0, share - len(one))
            one.extend(rest[:filled])
            del rest[:filled]
        items[:] = [item for one in shares for item in one] + rest
