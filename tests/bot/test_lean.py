"""A process that makes only what it needs of aiogram; each in a process of its own, since this one has all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
found = {"cv2", "numpy"} & sys.modules.keys()
assert not found, found
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
