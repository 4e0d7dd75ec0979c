"""Fixtures: the whole of Echoes, running as separate processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.world import UNHURRIED, World, running


@pytest.fixture
def own_world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world of the test's own, to be broken. `@pytest.mark.parametrize(..., indirect=True)` gives it settings."""
    with running(tmp_path, **(UNHURRIED | getattr(request, "param", {}))) as own:
        yield own
