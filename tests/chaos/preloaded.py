"""Everything a process of the product imports, to be imported once: see `tests.chaos.nursery`."""

from __future__ import annotations

import aiosqlite
import psycopg

import bot.__main__
import bot.web
import bot.work

__all__ = ["aiosqlite", "bot", "psycopg"]
