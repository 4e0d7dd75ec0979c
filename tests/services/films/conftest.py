from __future__ import annotations

import pytest

from storage.tables import User
from tests.services.jobs.conftest import every_answer_counts
from tests.support.builders import Shop
from tests.support.films import Joinery, project_of

__all__ = ["every_answer_counts"]


@pytest.fixture
def joinery(monkeypatch: pytest.MonkeyPatch) -> Joinery:
    made = Joinery()
    monkeypatch.setattr("media.film.join", made.join)
    return made


@pytest.fixture
async def project(shop: Shop, alice: User) -> int:
    """Alice's, with two clips."""
    return await project_of(shop, alice)
