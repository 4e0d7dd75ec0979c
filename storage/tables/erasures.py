"""Objects that nobody needs any more, until they are gone from the store."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, CreatedAt, Id


class Erasure(Base):
    """Written with the rows that let go of an object, so that whatever ends between the two, it is deleted."""

    __tablename__ = "erasures"

    id: Mapped[Id]
    object_key: Mapped[str] = mapped_column(unique=True)
    """One object, or with a slash at its end all that lies below."""
    created_at: Mapped[CreatedAt]
