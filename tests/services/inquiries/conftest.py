from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database
from tests.support.builders import Shop
from tests.support.vendor import Vendor
from tests.support.writer import Scribe


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Vendor, scribe: Scribe) -> Shop:
    """There is a language model to ask."""
    return Shop(db, tmp_path / "objects", vendor, writer=scribe)
