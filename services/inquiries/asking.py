"""Asking, and asking no more: parts of use cases that hold the draft's lock. None commits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Literal

from sqlalchemy import case, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import outbox
from services.errors import EnoughForNow
from storage.clock import now_plus
from storage.insert import insert_once
from storage.tables import Draft, Inquiry, User

Purpose = Literal["improve", "check"]
HOUR_SECONDS: Final = 3600.0


async def ask(session: AsyncSession, draft: Draft, purpose: Purpose, *, wish: dict[str, Any] | None = None) -> None:
    """Ask about a draft as it stands. One that waits already is kept, unless it was asked about other words.

    `wish`: what is to be ordered when nothing speaks against it, by its last wish.
    """
    waiting = (Inquiry.draft_id == draft.id) & (Inquiry.purpose == purpose) & (Inquiry.state == "waiting")
    outdated = waiting & (Inquiry.prompt != draft.prompt)
    await session.execute(update(Inquiry).where(outdated).values(state="closed", wish=null()))
    # Two at once: the unique index lets one of them in.
    await insert_once(
        session, Inquiry, user_id=draft.user_id, draft_id=draft.id, purpose=purpose, prompt=draft.prompt, wish=wish
    )
    await session.execute(update(Inquiry).where(waiting).values(wish=null() if wish is None else wish))


async def withdraw(session: AsyncSession, draft_ids: Collection[int]) -> list[int]:
    """Whatever waits to be ordered of these drafts is no longer wanted. Returns the drafts of which something was."""
    wanted = (Inquiry.state == "waiting") | Inquiry.wish.is_not(None)
    withdrawn = await session.execute(
        update(Inquiry)
        .where(Inquiry.draft_id.in_(draft_ids), Inquiry.purpose == "check", wanted)
        .values(state=case((Inquiry.state == "waiting", "closed"), else_=Inquiry.state), wish=null())
        .returning(Inquiry.draft_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(set(withdrawn.scalars()))


async def close_offer(session: AsyncSession, draft_id: int) -> None:
    """Somebody who writes words of their own has chosen."""
    offered = (Inquiry.draft_id == draft_id) & (Inquiry.purpose == "improve") & (Inquiry.state == "answered")
    await session.execute(update(Inquiry).where(offered).values(state="closed"))


async def wanted(session: AsyncSession, user_id: int) -> list[int]:
    """The drafts of a user that will be ordered if nothing speaks against it."""
    mine = (Inquiry.user_id == user_id) & (Inquiry.purpose == "check") & (Inquiry.state == "waiting")
    return list((await session.execute(select(Inquiry.draft_id).where(mine).order_by(Inquiry.id))).scalars())


async def redraw(session: AsyncSession, user_id: int, draft_id: int) -> None:
    """Part of a use case: the draft's card, and its album's, are drawn anew."""
    payload = {"draft_id": draft_id}
    key = f"draft_card:{draft_id}"
    await outbox.put_latest(session, key=key, user_id=user_id, kind="draft_card", payload=payload, delay_s=0.0)


async def spare(session: AsyncSession, user_id: int, purpose: Purpose, *, most: int) -> None:
    """Each question costs us: so many an hour a user. Raises EnoughForNow."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update())
    lately = (Inquiry.user_id == user_id) & (Inquiry.created_at > now_plus(-HOUR_SECONDS))
    count = select(func.count()).select_from(Inquiry).where(lately, Inquiry.purpose == purpose)
    if (await session.execute(count)).scalar_one() >= most:
        raise EnoughForNow
