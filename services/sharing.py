"""Sharing a project: a link for whoever should see it, and credits for each new person it brings."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger, outbox
from services.errors import NotYours
from services.ledger import TransferKind
from services.payments.orders import new_token
from services.rewards import Rewards
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Project, Share, ShareVisit

DAY_SECONDS: Final = 86_400.0


class Sharing:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def share(self, user_id: int, project_id: int) -> Share:
        """The link of a project: the live one if there is one, else a new one. Raises NotYours."""
        async with self._db.transaction() as session:
            await _owned(session, user_id, project_id)
            await insert_once(session, Share, token=new_token(), project_id=project_id, user_id=user_id)
            # A link that was revoked stays dead: the project gets another one.
            dead = (Share.project_id == project_id) & Share.revoked_at.is_not(None)
            anew = update(Share).where(dead).values(token=new_token(), revoked_at=None, created_at=db_now())
            await session.execute(anew)
            return (await session.execute(select(Share).where(Share.project_id == project_id))).scalar_one()

    async def revoke(self, user_id: int, project_id: int) -> bool:
        """Let the link of a project lead nowhere. Returns whether there was a live one. Raises NotYours."""
        async with self._db.transaction() as session:
            await _owned(session, user_id, project_id)
            live = (Share.project_id == project_id) & Share.revoked_at.is_(None)
            return changed_one(await session.execute(update(Share).where(live).values(revoked_at=db_now())))


async def opened(session: AsyncSession, token: str, visitor_id: int, rewards: Rewards) -> None:
    """Somebody new came through a share, as part of their registration: whoever shared gets credits for them, once.

    What is over the day's limit is counted as a visit and not credited. A revoked or unknown link does nothing.
    """
    live = select(Share).where(Share.token == token, Share.revoked_at.is_(None))
    share = await session.scalar(live)
    if share is None or share.user_id == visitor_id:
        return
    # Under the sharer's lock, so that visitors of the same moment do not each see room below the limit.
    await ledger.lock(session, share.user_id, visitor_id)
    amount = await _due(session, share.user_id, rewards)
    visit = await insert_once(session, ShareVisit, share_id=share.id, visitor_id=visitor_id, credits=amount)
    if visit is not None and amount:
        key, kind = f"share:{visit}", TransferKind.SHARE
        await ledger.grant(session, share.user_id, amount, kind=kind, key=key)
        payload = {"visit_id": visit, "credits": amount}
        await outbox.put(
            session, key=f"share_credited:{visit}", user_id=share.user_id, kind="share_credited", payload=payload
        )


async def _due(session: AsyncSession, user_id: int, rewards: Rewards) -> int:
    """What the next visit is worth to a sharer, given what they earned in the last 24 hours."""
    theirs = select(func.coalesce(func.sum(ShareVisit.credits), 0)).join(Share, Share.id == ShareVisit.share_id)
    today = theirs.where(Share.user_id == user_id, ShareVisit.created_at > now_plus(-DAY_SECONDS))
    earned = (await session.execute(today)).scalar_one()
    return max(0, min(rewards.share_credits, rewards.share_daily_limit - earned))


async def _owned(session: AsyncSession, user_id: int, project_id: int) -> None:
    # Shares of one project are made one after the other.
    project = await session.get(Project, project_id, with_for_update={"key_share": True})
    if project is None or project.user_id != user_id:
        raise NotYours
