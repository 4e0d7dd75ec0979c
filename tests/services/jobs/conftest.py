from __future__ import annotations

import pytest

from services.jobs import runner


@pytest.fixture
def every_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is written at each answer of the vendor instead of once a second."""
    monkeypatch.setattr(runner, "PROGRESS_SECONDS", 0.0)
