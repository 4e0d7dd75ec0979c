"""Bringing a database to the schema this program expects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

# Imported where it is used: it is 10 MB in every process, and all of them only look whether there is anything to do.
if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS: Final = Path(__file__).parent / "migrations"
AT: Final = "alembic_version"


def config(url: str) -> Config:
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["url"] = url
    return made


def sync_engine(url: str) -> Engine:
    """A blocking engine for the same database: migrations run before any loop does."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite")
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(parsed, poolclass=NullPool)


def upgrade(url: str, revision: str = "head") -> None:
    from alembic import command

    command.upgrade(config(url), revision)
    _switch_to_wal(url)


def downgrade(url: str, revision: str) -> None:
    from alembic import command

    command.downgrade(config(url), revision)


def _switch_to_wal(url: str) -> None:
    """On SQLite, which keeps it in the file. Processes that start together would find it locked by each other: the
    switch needs the file alone, and does not wait for it.
    """
    engine = sync_engine(url)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database stands at the newest revision this program knows."""
    engine = sync_engine(url)
    with engine.connect() as connection:
        known = inspect(connection).has_table(AT)
        at = list(connection.execute(text(f"SELECT version_num FROM {AT}")).scalars()) if known else []  # noqa: S608
    engine.dispose()
    return at == [newest()]


def newest() -> str:
    """Each migration's file begins with its revision; the last of them is the newest."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*_*.py"))
