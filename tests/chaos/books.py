"""Looking at a world's database from outside, at a driver's own speed, and at what its outside says."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

Rows = list[tuple[Any, ...]]


class Books:
    """A look takes no lock that the product would wait for."""

    def __init__(self, url: str) -> None:
        """`url`: as in DATABASE_URL."""
        parsed = make_url(url)
        self._file = Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
        self._connection: Any = (
            sqlite3.connect(self._file, timeout=60, isolation_level=None)
            if self._file
            else psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        )

    def rows(self, query: str) -> Rows:
        found: Rows = self._connection.execute(query).fetchall()
        return found

    def one(self, query: str) -> Any:
        """The only value of the only row."""
        return self.rows(query)[0][0]

    @property
    def now(self) -> str:
        """The database's clock in seconds since 1970, in SQL."""
        return self.epoch("'now'" if self._file else "clock_timestamp()")

    def epoch(self, time: str) -> str:
        """A column's time in seconds since 1970, in SQL."""
        if self._file:
            return f"((julianday({time}) - 2440587.5) * 86400.0)"
        return f"CAST(extract(epoch FROM {time}) AS FLOAT)"

    def close(self) -> None:
        self._connection.close()
