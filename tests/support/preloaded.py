"""Everything a process of the product imports, to be imported once, in its order: see `tests.support.nursery`."""

from __future__ import annotations

from bot.lean import keep_lean

keep_lean()

import aiosqlite  # noqa: E402
import psycopg  # noqa: E402

import bot.__main__  # noqa: E402
import bot.web  # noqa: E402
import bot.work  # noqa: E402

__all__ = ["aiosqlite", "bot", "psycopg"]
