"""A process that makes only what it needs of aiogram; each in a process of its own, since this one has all of it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bot.lean import unused_drivers

EVERYTHING = """
from bot.lean import keep_lean
keep_lean()
import aiogram.methods, aiogram.types
from pydantic import BaseModel
for package in (aiogram.types, aiogram.methods):
    for name in package.__all__:
        one = getattr(package, name)
        if isinstance(one, type) and issubclass(one, BaseModel):
            one.model_rebuild()
            assert one.__pydantic_complete__, name
"""
WORKER = """
import json, sys
from bot import lean
with lean.leaving_out(*lean.NEVER_USED, *lean.unused_drivers("sqlite:///queue.db")):
    lean.keep_lean()
    import bot.logs, bot.work
import aiogram.types
assert not aiogram.types.Update.__pydantic_complete__
print(json.dumps(sorted(sys.modules)))
import psycopg, requests
with lean.leaving_out("requests"):
    import requests
"""
LATE = """
import aiogram.types
from bot.lean import keep_lean
keep_lean()
assert aiogram.types.Update.__pydantic_complete__
"""


@pytest.fixture(scope="module")
def worker() -> set[str]:
    """All modules there are in a worker that has just started."""
    ended = subprocess.run([sys.executable, "-c", WORKER], check=True, timeout=60, stdout=subprocess.PIPE)
    return set(json.loads(ended.stdout))


@pytest.mark.parametrize("program", [EVERYTHING, LATE], ids=["all types work", "too late"])
def test_aiogram_is_made_at_its_first_use(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_a_worker_begins_without_what_it_may_never_need(worker: set[str]) -> None:
    assert "aiogram" in worker
    assert {"av", "cv2", "numpy", "alembic", "stripe", "httpx"} & worker == set()


def test_what_libraries_would_import_by_the_way_is_left_out_and_to_be_had_afterwards(worker: set[str]) -> None:
    assert {"rich", "click", "requests", "redis", "psycopg"} & worker == set()


@pytest.mark.parametrize(
    ("queue", "unused"),
    [
        ("sqlite:///queue.db", ["psycopg", "redis"]),
        ("postgresql://localhost/echoes", ["redis"]),
        ("rediss://localhost", ["psycopg"]),
    ],
)
def test_only_the_driver_of_the_queue_is_kept(queue: str, unused: list[str]) -> None:
    assert unused_drivers(queue) == unused
