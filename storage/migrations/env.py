"""Alembic's entry: which tables there should be, and where."""

from typing import Any, Literal

from alembic import context

from storage.clock import UtcDateTime
from storage.migrate import sync_engine
from storage.tables import Base


def spell_out(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration names only SQLAlchemy's own types: it must still run when our classes have moved."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


engine = sync_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table only by copying it
        compare_type=True,
        render_item=spell_out,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
