"""Time as the database tells it.

Leases and due times are compared by one clock, the database's, because the clocks of several machines disagree.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps it as text with microseconds, which sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class now_plus(GenericFunction[datetime]):  # noqa: N801 - a SQL function is spelled like one
    """The database's clock plus some seconds (may be negative): `now_plus(30)`."""

    type = UtcDateTime()
    inherit_cache = True
    name = "now_plus"


def db_now() -> now_plus:
    return now_plus(0.0)


@compiles(now_plus, "postgresql")
def _postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    # clock_timestamp, not now(): now() stands still inside a transaction that waited for a lock.
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **kw)}))"


@compiles(now_plus, "sqlite")
def _sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    # The same text SQLAlchemy writes for a datetime; %f gives milliseconds, so three digits are missing.
    seconds = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


class utc_day(GenericFunction[str]):  # noqa: N801 - a SQL function is spelled like one
    """The day of a moment in UTC: `2026-11-21`. NULL for NULL, as the two below."""

    type = String()
    inherit_cache = True
    name = "utc_day"


class utc_hour(GenericFunction[str]):  # noqa: N801
    """The day and the hour of a moment in UTC: `2026-11-21 09`."""

    type = String()
    inherit_cache = True
    name = "utc_hour"


class seconds_between(GenericFunction[int]):  # noqa: N801
    """Whole seconds from one moment to a later one, rounded."""

    type = Integer()
    inherit_cache = True
    name = "seconds_between"


# None of them writes a value of its own into the statement: grouped by, it must read the same as where it is selected.
@compiles(utc_day, "postgresql")
def _postgresql_day(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


@compiles(utc_day, "sqlite")
def _sqlite_day(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 10)"


@compiles(utc_hour, "postgresql")
def _postgresql_hour(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"


@compiles(utc_hour, "sqlite")
def _sqlite_hour(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 13)"


@compiles(seconds_between, "postgresql")
def _postgresql_between(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(round(extract(epoch FROM {later} - {earlier})) AS integer)"


@compiles(seconds_between, "sqlite")
def _sqlite_between(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    earlier, later = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(round((julianday({later}) - julianday({earlier})) * 86400) AS integer)"
