"""What a card shows of the questions about its draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from providers.writing import Verdict
from storage.tables import Draft, Inquiry

NEWS: Final = timedelta(minutes=3)
"""How long it is worth saying that nobody had an answer."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Better words to choose."""

    inquiry_id: int
    made_of: str
    """The words it was asked about; the draft may have others by now."""
    words: str


@dataclass(frozen=True, slots=True)
class Thinking:
    newest: int = 0
    """The last inquiry for better words, 0 for none."""
    improving: bool = False
    stuck: bool = False
    """No better words came."""
    offer: Offer | None = None
    checking: bool = False
    """Photo and words are looked at; what was ordered is made after that."""
    refused: bool = False
    """These words and this photo are not to be made."""
    unsure: bool = False
    """Nobody could say whether they may."""

    @property
    def busy(self) -> bool:
        return self.improving or self.checking


async def thinking(session: AsyncSession, drafts: Sequence[Draft]) -> dict[int, Thinking]:
    """By draft, from the newest inquiry of each sort."""
    ids = [draft.id for draft in drafts]
    newest = select(func.max(Inquiry.id)).where(Inquiry.draft_id.in_(ids)).group_by(Inquiry.draft_id, Inquiry.purpose)
    found = (await session.execute(select(Inquiry).where(Inquiry.id.in_(newest)))).scalars().all()
    asked = {(one.draft_id, one.purpose): one for one in found}
    return {draft.id: _of(draft, asked.get((draft.id, "improve")), asked.get((draft.id, "check"))) for draft in drafts}


def _of(draft: Draft, improve: Inquiry | None, check: Inquiry | None) -> Thinking:
    offered = improve is not None and improve.state == "answered"
    # What was found out about other words says nothing about these.
    about = check if check is not None and check.prompt == draft.prompt else None
    return Thinking(
        newest=improve.id if improve else 0,
        improving=improve is not None and improve.state == "waiting",
        stuck=improve is not None and improve.prompt == draft.prompt and _failed(improve),
        offer=Offer(improve.id, improve.prompt, improve.answer or "") if improve and offered else None,
        checking=about is not None and (about.state == "waiting" or about.wish is not None),
        refused=about is not None and about.state == "answered" and about.answer == Verdict.UNSAFE,
        unsure=about is not None and _failed(about),
    )


def _failed(inquiry: Inquiry) -> bool:
    return inquiry.state == "failed" and datetime.now(UTC) - inquiry.created_at < NEWS
