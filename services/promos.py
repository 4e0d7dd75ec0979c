"""Promo codes: made by owners, redeemed by anybody they are for, as often as they say and not once more."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger
from services.errors import CodeNotValid
from services.ledger import TransferKind
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Payment, PromoCode, Redemption, User

NEW_SECONDS: Final = 7 * 86_400.0
"""How long after registration a person is new, unless they buy something earlier."""
USABLE: Final = re.compile(r"[A-Z0-9_-]{3,32}")


@dataclass(frozen=True, slots=True)
class NewCode:
    """A promo code as an owner wants it."""

    code: str
    credits: int
    max_uses: int | None = None
    """None: as many as come."""
    per_user: int = 1
    new_users_only: bool = False
    expires_at: datetime | None = None


class Promos:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def create(self, actor: Actor, wanted: NewCode) -> PromoCode:
        """Raises CodeNotValid: `malformed`, or `taken` by another promo code or by somebody's invitation."""
        code = wanted.code.strip().upper()
        positive = min(wanted.credits, wanted.per_user, 1 if wanted.max_uses is None else wanted.max_uses) > 0
        if not USABLE.fullmatch(code) or not positive:
            raise CodeNotValid("malformed")
        async with self._db.transaction() as session:
            invitation = await session.scalar(select(User.id).where(User.referral_code == code))
            made = (
                None
                if invitation is not None
                else await insert_once(
                    session,
                    PromoCode,
                    code=code,
                    credits=wanted.credits,
                    max_uses=wanted.max_uses,
                    per_user=wanted.per_user,
                    new_users_only=wanted.new_users_only,
                    expires_at=wanted.expires_at,
                )
            )
            if made is None:
                raise CodeNotValid("taken")
            facts = asdict(wanted) | {"expires_at": wanted.expires_at.isoformat() if wanted.expires_at else None}
            await record(session, actor, Action.PROMO_MADE, f"promo:{code}", after=facts)
            return await session.get_one(PromoCode, made)

    async def listed(self) -> list[PromoCode]:
        """All promo codes, newest first."""
        async with self._db.reading() as session:
            return list((await session.execute(select(PromoCode).order_by(PromoCode.id.desc()))).scalars())

    async def stop(self, actor: Actor, code: str) -> bool:
        """From now on nobody can redeem it. Returns whether there was such a code."""
        async with self._db.transaction() as session:
            code = code.strip().upper()
            stopped = changed_one(
                await session.execute(update(PromoCode).where(PromoCode.code == code).values(active=False))
            )
            if stopped:
                await record(session, actor, Action.PROMO_STOPPED, f"promo:{code}", after={"active": False})
            return stopped

    async def redeem(self, user_id: int, code: str) -> int:
        """Give a user what a code is worth. Returns the credits. Raises CodeNotValid."""
        async with self._db.transaction() as session:
            promo = await session.scalar(select(PromoCode).where(PromoCode.code == code, PromoCode.active))
            if promo is None:
                raise CodeNotValid("unknown")
            # Whoever may not have it at all is told so, and takes no lock that others wait for.
            await _next_number(session, promo, user_id)
            await _check(session, promo, user_id)
            if not await _use_up_one(session, promo):
                raise CodeNotValid("used_up")
            # That was the promo's lock: now nobody else redeems it, and the number is the true one.
            number = await _next_number(session, promo, user_id)
            made = await insert_once(session, Redemption, promo_id=promo.id, user_id=user_id, number=number)
            if made is None:
                raise CodeNotValid("already_used")
            await ledger.grant(session, user_id, promo.credits, kind=TransferKind.PROMO, key=f"promo:{made}")
            return promo.credits


async def _check(session: AsyncSession, promo: PromoCode, user_id: int) -> None:
    if not await session.scalar(select(_in_time()).where(PromoCode.id == promo.id)):
        raise CodeNotValid("expired")
    if promo.new_users_only and not await _is_new(session, user_id):
        raise CodeNotValid("not_new")


async def _next_number(session: AsyncSession, promo: PromoCode, user_id: int) -> int:
    mine = select(func.count()).where(Redemption.promo_id == promo.id, Redemption.user_id == user_id)
    number = (await session.execute(mine)).scalar_one() + 1
    if number > promo.per_user:
        raise CodeNotValid("already_used")
    return number


async def _use_up_one(session: AsyncSession, promo: PromoCode) -> bool:
    left = PromoCode.max_uses.is_(None) | (PromoCode.uses < PromoCode.max_uses)
    used = (
        update(PromoCode)
        .where(PromoCode.id == promo.id, PromoCode.active, left, _in_time())
        .values(uses=PromoCode.uses + 1)
        .execution_options(synchronize_session=False)
    )
    return changed_one(await session.execute(used))


async def _is_new(session: AsyncSession, user_id: int) -> bool:
    bought = select(Payment.id).where(Payment.user_id == user_id).exists()
    young = select(User.id).where(User.id == user_id, User.created_at >= now_plus(-NEW_SECONDS), ~bought)
    return await session.scalar(young) is not None


def _in_time() -> ColumnElement[bool]:
    return PromoCode.expires_at.is_(None) | (PromoCode.expires_at > db_now())
