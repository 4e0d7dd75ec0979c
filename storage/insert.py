"""Inserting a row that may be there already, told by a unique constraint and not by looking first."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


async def insert_once(session: AsyncSession, table: type[DeclarativeBase], **values: Any) -> int | None:
    """Insert a row unless a unique constraint says it exists. Returns the new row's id, or None if it was there.

    Defaults of the table apply. A CHECK or a foreign key that fails still raises IntegrityError.
    """
    dialect = session.get_bind().dialect.name
    # Over the table and not its entity: an entity's way through the ORM takes twice the time.
    rows = cast("Table", table.__table__)
    insert = postgresql.insert(rows) if dialect == "postgresql" else sqlite.insert(rows)
    key = next(iter(rows.primary_key))
    statement = insert.values(**values).on_conflict_do_nothing().returning(key)
    return cast("int | None", (await session.execute(statement)).scalar_one_or_none())


def changed_one(result: object) -> bool:
    """Whether a conditional UPDATE decided for us: exactly one row met its condition."""
    return cast("CursorResult[Any]", result).rowcount == 1
