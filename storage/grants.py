"""Two roles on PostgreSQL: one owns the tables, the other works with them.

Whoever owns a table can take its triggers away. With the tables owned by the role that migrates, the one the program
runs as can do to the append-only tables what they are for, and nothing else: add and read.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import make_url, text

from storage.migrate import AT, sync_engine
from storage.tables import Base

APPEND_ONLY: Final = ("audit_log", "value_changes")


def grant(owner_url: str, url: str) -> str:
    """Let the role of `url` work with the tables that the role of `owner_url` has made. Returns that role's name.

    Raises ValueError where both are one, or the database is not PostgreSQL or has no role in its address.
    """
    owner, worker = make_url(owner_url), make_url(url)
    if worker.get_backend_name() != "postgresql" or not worker.username or worker.username == owner.username:
        raise ValueError("DATABASE_OWNER_URL and DATABASE_URL must be two roles of one PostgreSQL database")
    engine = sync_engine(owner_url)
    role = engine.dialect.identifier_preparer.quote_identifier(worker.username)
    with engine.begin() as connection:
        for table in Base.metadata.tables:
            may = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
            connection.execute(text(f"REVOKE ALL ON {table} FROM {role}"))
            connection.execute(text(f"GRANT {may} ON {table} TO {role}"))
        connection.execute(text(f"GRANT SELECT ON {AT} TO {role}"))
        connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"))
        # CREATE: the queue makes its own tables, unless it has a QUEUE_URL of its own.
        connection.execute(text(f"GRANT USAGE, CREATE ON SCHEMA public TO {role}"))
    engine.dispose()
    return worker.username
