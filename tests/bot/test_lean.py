"""A process that makes only what it needs of aiogram; each in a process of its own, since this one has all of it."""

from __future__ import annotations

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
UNUSED = """
from bot.lean import keep_lean
keep_lean()
import sys, bot.work, aiogram.types
assert not aiogram.types.Update.__pydantic_complete__
found = {"cv2", "numpy", "alembic", "stripe", "httpx"} & sys.modules.keys()
assert not found, found
"""
LEFT_OUT = """
import sys
from bot import lean
with lean.leaving_out(*lean.NEVER_USED, *lean.unused_drivers("sqlite:///queue.db")):
    import bot.logs, bot.work
found = {"rich", "click", "requests", "redis", "psycopg"} & sys.modules.keys()
assert not found, found
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


@pytest.mark.parametrize("program", [EVERYTHING, UNUSED, LATE], ids=["all types work", "nothing unused", "too late"])
def test_aiogram_is_made_at_its_first_use(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_what_libraries_would_import_by_the_way_is_left_out_and_to_be_had_afterwards() -> None:
    subprocess.run([sys.executable, "-c", LEFT_OUT], check=True, timeout=60)


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
