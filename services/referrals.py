"""Friends who bring friends: the invited get their credits at once, the inviter when the friend has become a customer.

Whether the inviter's credits are due is worked out from the facts each time one of them changes, and only the
difference is moved. So approvals, payments and refunds may come in any order.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger, outbox
from services.errors import CodeNotValid
from services.funding import funding_of
from services.ledger import TransferKind
from services.live.values import ReferralRule, Values
from storage.clock import now_plus
from storage.database import Database
from storage.insert import insert_once
from storage.serialise import one_at_a_time
from storage.tables import Clip, Hold, Job, Referral, Take, User

LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that look alike: 0 and O, 1, I and L."""
CODE_LENGTH: Final = 8
ENTER_SECONDS: Final = 7 * 86_400.0
"""How long after registration a friend's code can still be typed in."""

Via = Literal["link", "code"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a person invites with, and what came of it so far."""

    code: str
    credits: int
    """For each of the two, by today's setting."""
    rule: ReferralRule
    joined: int
    vested: int
    earned: int
    """Credits, without those that went back."""


class Referrals:
    def __init__(self, db: Database, values: Callable[[], Values]) -> None:
        """`values`: those in force now."""
        self._db = db
        self._values = values

    async def invitation(self, user_id: int) -> Invitation:
        """A person's own code, made the first time they ask for it, and what it brought."""
        async with self._db.reading() as session:
            code = (await session.execute(select(User.referral_code).where(User.id == user_id))).scalar_one()
        if code is None:
            code = await self._make_code(user_id)
        async with self._db.reading() as session:
            vested = Referral.state == "vested"
            brought = select(
                func.count(), func.count().filter(vested), func.coalesce(func.sum(Referral.credits).filter(vested), 0)
            )
            joined, done, earned = (await session.execute(brought.where(Referral.inviter_id == user_id))).one()
        values = self._values()
        return Invitation(code, values.referral_credits, values.referral_vests, joined, done, earned)

    async def gift(self, user_id: int) -> int:
        """The credits a user got for coming by a friend's invitation; 0 for who came alone."""
        async with self._db.reading() as session:
            return await session.scalar(select(Referral.credits).where(Referral.invited_id == user_id)) or 0

    async def enter(self, user_id: int, code: str) -> int:
        """A friend's code, typed by somebody who came without the link. Returns the credits they got for it.

        Raises CodeNotValid.
        """
        async with self._db.transaction() as session:
            return await join(session, user_id, code, "code", self._values())

    async def _make_code(self, user_id: int) -> str:
        async with self._db.transaction() as session:
            # There are 8.5e11 codes: one that is taken would be refused by the database, and asked for again.
            made = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            without = (User.id == user_id) & User.referral_code.is_(None)
            await session.execute(update(User).where(without).values(referral_code=made))
            return (await session.execute(select(User.referral_code).where(User.id == user_id))).scalar_one() or made


async def join(session: AsyncSession, invited_id: int, code: str, via: Via, values: Values) -> int:
    """Somebody came by a friend's code, once in their life. Returns the credits they got. Raises CodeNotValid.

    The terms are those of this moment: what is promised now is what the inviter gets.
    """
    inviter_id = await _inviter(session, invited_id, code, via)
    await _alone_with(session, invited_id)
    await ledger.lock(session, inviter_id, invited_id)
    amount = values.referral_credits
    made = await insert_once(
        session,
        Referral,
        inviter_id=inviter_id,
        invited_id=invited_id,
        via=via,
        rule=values.referral_vests,
        credits=amount,
    )
    if made is None:
        raise CodeNotValid("already_invited")
    if amount:
        await ledger.grant(session, invited_id, amount, kind=TransferKind.REFERRAL, key=f"referral_bonus:{invited_id}")
    facts = {"credits": amount, "rule": values.referral_vests}
    await _tell(session, made, inviter_id, "referral_joined", f"{made}", facts)
    await reconsider(session, invited_id)
    return amount


async def affected_by(session: AsyncSession, user_id: int) -> list[int]:
    """Whose credits depend on what this user pays and approves. Their pockets are to be locked before `reconsider`.

    Waits for a code that the user is just entering, and keeps another from being entered until the end.
    """
    await _alone_with(session, user_id)
    return list((await session.execute(select(Referral.inviter_id).where(Referral.invited_id == user_id))).scalars())


async def reconsider(session: AsyncSession, user_id: int) -> None:
    """After a user's payments changed or a clip was approved: give their inviter what is due, or take it back.

    Part of a use case that has the locks of the user's pockets and of all that are `affected_by` them.
    """
    theirs = select(Referral).where(Referral.invited_id == user_id).with_for_update()
    referral = await session.scalar(theirs.execution_options(populate_existing=True))
    if referral is None:
        return
    hold_id = await _vesting_hold(session, referral)
    if hold_id is not None:
        referral.hold_id = hold_id
        if referral.state != "vested":
            await _vest(session, referral)
    elif referral.state == "vested":
        await _revoke(session, referral)
    await session.flush()


async def _inviter(session: AsyncSession, invited_id: int, code: str, via: Via) -> int:
    inviter_id = (await session.execute(select(User.id).where(User.referral_code == code))).scalar_one_or_none()
    if inviter_id is None:
        raise CodeNotValid("unknown")
    if inviter_id == invited_id:
        raise CodeNotValid("own")
    if inviter_id > invited_id:
        raise CodeNotValid("not_yet")
    if await session.scalar(select(Referral.id).where(Referral.invited_id == invited_id)) is not None:
        raise CodeNotValid("already_invited")
    in_time = select(User.id).where(User.id == invited_id, User.created_at >= now_plus(-ENTER_SECONDS))
    if via == "code" and await session.scalar(in_time) is None:
        raise CodeNotValid("too_late")
    return inviter_id


async def _vesting_hold(session: AsyncSession, referral: Referral) -> int | None:
    """The hold of the approved clip that earns the inviter their credits; the one that did so far, if it still does.

    By the rule "bought" its bought credits must still be paid for: bought and not refunded or disputed since.
    """
    if referral.rule == "approved" and referral.hold_id is not None:
        return referral.hold_id
    approved = (await session.execute(_approved(referral.invited_id))).scalars().all()
    if referral.rule == "approved":
        return next(iter(approved), None)
    found = await funding_of(session, referral.invited_id)
    candidates = [referral.hold_id, *approved] if referral.hold_id is not None else approved
    return next((one for one in candidates if one and 0 < found.holds[one].bought <= found.net_bought), None)


async def _vest(session: AsyncSession, referral: Referral) -> None:
    referral.state = "vested"
    key, kind = _next_move(referral), TransferKind.REFERRAL
    if referral.credits:
        await ledger.grant(session, referral.inviter_id, referral.credits, kind=kind, key=key)
        facts = {"credits": referral.credits}
        await _tell(session, referral.id, referral.inviter_id, "referral_vested", key, facts)


async def _revoke(session: AsyncSession, referral: Referral) -> None:
    referral.state = "revoked"
    key, kind = _next_move(referral), TransferKind.REFERRAL
    if referral.credits:
        amount, into = referral.credits, ledger.GRANTS
        clawed = await ledger.claw_back(session, referral.inviter_id, amount, into=into, kind=kind, key=key)
        facts = {"credits": amount, "owed": clawed.owed}
        await _tell(session, referral.id, referral.inviter_id, "referral_revoked", key, facts)


def _approved(user_id: int) -> Select[int]:
    """The holds of a user's approved clips, in the order of their approval."""
    return (
        select(Hold.id)
        .join(Job, Job.hold_id == Hold.id)
        .join(Take, Take.job_id == Job.id)
        .join(Clip, Clip.take_id == Take.id)
        .where(Take.user_id == user_id, Hold.state == "captured")
        .order_by(Clip.id)
    )


def _next_move(referral: Referral) -> str:
    referral.moves += 1
    return f"referral:{referral.id}:{referral.moves}"


async def _alone_with(session: AsyncSession, invited_id: int) -> None:
    # While a code is being entered there is no row yet to lock.
    await one_at_a_time(session, f"referral:{invited_id}")


async def _tell(
    session: AsyncSession, referral_id: int, inviter_id: int, kind: str, key: str, facts: Mapping[str, object]
) -> None:
    payload = {"referral_id": referral_id, **facts}
    await outbox.put(session, key=f"{kind}:{key}", user_id=inviter_id, kind=kind, payload=payload)
