"""A look at photo and words before anything is spent on them. A verdict holds for these words and this photo."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from providers.writing import Verdict
from services.errors import NotAllowed
from services.inquiries.asking import ask, spare
from services.owned import owned_draft
from storage.database import Database
from storage.tables import Draft, Inquiry

CHECKS_AN_HOUR: Final = 60


async def cleared(session: AsyncSession, draft: Draft) -> bool:
    """Whether a clip of a draft may be made as it stands; False: nobody has looked yet. Raises NotAllowed."""
    about = (Inquiry.draft_id == draft.id) & (Inquiry.purpose == "check") & (Inquiry.prompt == draft.prompt)
    said = select(Inquiry.answer).where(about, Inquiry.state == "answered").order_by(Inquiry.id.desc()).limit(1)
    verdict = await session.scalar(said)
    if verdict == Verdict.UNSAFE:
        raise NotAllowed
    return verdict == Verdict.SAFE


class Checks:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def ask(self, user_id: int, draft_ids: Collection[int], wish: dict[str, Any]) -> None:
        """Have drafts looked at; `wish` is ordered when all it needs is cleared. Raises NotYours, EnoughForNow."""
        async with self._db.transaction() as session:
            drafts = [await owned_draft(session, user_id, draft_id, lock=True) for draft_id in sorted(draft_ids)]
            await spare(session, user_id, "check", most=CHECKS_AN_HOUR)
            for draft in drafts:
                await ask(session, draft, "check", wish=wish)
