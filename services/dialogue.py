"""What the next text of a user means, kept on their row.

It is a hint and not a lock: losing it costs them a step. A photo opens a draft, whose prompt the next text is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.tables import User

Expects = Literal[
    "draft_prompt",
    "album_prompt",
    "project_name",
    "clip_caption",
    "music",
    "music_start",
    "code",
    "question",
    "refund_amount",
    "payment_owner",
    "broadcast",
    "person",
    "person_credits",
    "person_message",
    "report_answer",
    "maintenance",
    "pack_line",
    "pack_name",
    "pack_credits",
    "pack_price",
    "pack_stars",
    "pack_all",
    "value",
]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the next text is, and of what: the prompt of a draft, the name of a project …"""

    expects: Expects
    subject_id: int


def expectation(user: User) -> Expectation | None:
    return Expectation(**user.dialogue) if user.dialogue else None


async def expect(session: AsyncSession, user_id: int, expected: Expectation | None) -> None:
    """Part of a use case: remember what the next text will mean. Does not commit."""
    value: dict[str, Any] = asdict(expected) if expected else {}
    await session.execute(update(User).where(User.id == user_id).values(dialogue=value))


class Dialogue:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def expect(self, user_id: int, expected: Expectation | None) -> None:
        async with self._db.transaction() as session:
            await expect(session, user_id, expected)
