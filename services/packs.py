"""The packs that are sold, as those set them who run the service.

An order keeps the price it was made at, and the Payment Links follow by themselves (services.payments.links). So a
change here is of packs alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2s
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import AlreadyDone, ChangedMeanwhile, NotYours, PackNotUsable
from services.payments.bounds import bounds_of
from services.payments.facts import STARS_CURRENCY
from services.payments.links import in_step
from services.staff.audit import Action, record
from services.staff.rights import Actor
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.serialise import one_at_a_time
from storage.tables import Order, Pack, PackLink, Payment

NAME_LIMIT: Final = 32
"""Characters: as long as an invoice's title may be (Bot API, sendInvoice)."""
MOST_CREDITS: Final = 1_000_000
SOLD_SECONDS: Final = 30 * 86_400.0
FIRST_CURRENCY: Final = "usd"
"""Where there was never a pack. Every later one has the currency of the others."""


class CardLink(StrEnum):
    """How the Payment Link of a pack stands."""

    READY = "ready"
    MAKING = "making"
    """There is none yet that says what the pack says: until then it is not sold by card."""
    CLOSING = "closing"
    """The pack is off sale, and its link not yet closed."""
    NONE = "none"
    """There is none, and none is needed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pack says, its currency apart."""

    name: str
    credits: int
    cents: int
    stars: int


@dataclass(frozen=True, slots=True)
class Stocked:
    pack: Pack
    link: CardLink
    sold: int
    """Times within 30 days."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do, for the question before it."""

    wanted: Terms
    currency: str
    before: Pack | None
    """None: it is a new pack."""
    odd: tuple[Pack, ...]
    """Those on sale beside which it would be odd: of the two, the cheaper one has more credits."""
    checkouts: int
    """Orders for the pack that can still be paid, at the price they were made at."""


class Packs:
    def __init__(self, db: Database, *, cards: bool, livemode: bool) -> None:
        """`cards`: whether cards are taken at all; `livemode`: whether card money is real."""
        self._db = db
        self._cards = cards
        self._livemode = livemode

    async def listed(self) -> list[Stocked]:
        """All there are: those on sale first, the cheapest of them at the top."""
        async with self._db.reading() as session:
            packs = list((await session.execute(select(Pack).order_by(Pack.cents, Pack.id))).scalars())
            return await self._stocked(session, sorted(packs, key=lambda pack: not pack.active))

    async def view(self, pack_id: int) -> Stocked:
        """Raises NotYours: there is no such pack."""
        async with self._db.reading() as session:
            return (await self._stocked(session, [await _existing(session, pack_id)]))[0]

    async def currency(self) -> str:
        """What a new pack is sold for by card: ISO 4217 in lower case."""
        async with self._db.reading() as session:
            return await _currency(session)

    async def consider(self, wanted: Terms, pack_id: int | None = None) -> Preview:
        """Look at a change, or at a new pack, without making it. Raises NotYours, PackNotUsable, AlreadyDone."""
        async with self._db.reading() as session:
            pack = await _existing(session, pack_id) if pack_id is not None else None
            if pack and terms_of(pack) == wanted:
                raise AlreadyDone
            currency = pack.currency if pack else await _currency(session)
            others = await _on_sale(session, but=pack)
            _check(wanted, currency, others if pack is None or pack.active else [])
            odd = tuple(other for other in others if _is_odd(wanted, other))
            return Preview(wanted, currency, pack, odd, await _checkouts(session, pack))

    async def checkouts(self, pack_id: int) -> int:
        """How many orders for a pack can still be paid. Raises NotYours."""
        async with self._db.reading() as session:
            return await _checkouts(session, await _existing(session, pack_id))

    async def add(self, actor: Actor, wanted: Terms) -> Stocked:
        """On sale from now on; by card as soon as it has its link. Raises PackNotUsable."""
        async with self._db.transaction() as session:
            await _alone(session)
            currency = await _currency(session)
            _check(wanted, currency, await _on_sale(session))
            pack = Pack(
                name=wanted.name,
                credits=wanted.credits,
                cents=wanted.cents,
                currency=currency,
                stars=wanted.stars,
            )
            session.add(pack)
            await session.flush()
            after = _facts(wanted) | {"currency": currency}
            await record(session, actor, Action.PACK_ADDED, f"pack:{pack.id}", after=after)
        return await self.view(pack.id)

    async def change(self, actor: Actor, pack_id: int, wanted: Terms, *, was: str) -> Stocked:
        """`was`: the `mark` of the pack as it was seen. Orders that are open keep their price.

        Raises NotYours, AlreadyDone, ChangedMeanwhile, PackNotUsable.
        """
        async with self._db.transaction() as session:
            await _alone(session)
            pack = await _existing(session, pack_id, lock=True)
            before = terms_of(pack)
            if before == wanted:
                raise AlreadyDone
            if mark(pack) != was:
                raise ChangedMeanwhile
            _check(wanted, pack.currency, await _on_sale(session, but=pack) if pack.active else [])
            pack.name, pack.credits, pack.cents, pack.stars = wanted.name, wanted.credits, wanted.cents, wanted.stars
            old, new = _facts(before), _facts(wanted)
            changed = [name for name in new if old[name] != new[name]]
            await _record_change(session, actor, pack, {n: old[n] for n in changed}, {n: new[n] for n in changed})
        return await self.view(pack_id)

    async def sell(self, actor: Actor, pack_id: int, *, on: bool, was: str) -> Stocked:
        """Take a pack off sale, or put it back. `was` and what it raises: as `change`."""
        async with self._db.transaction() as session:
            await _alone(session)
            pack = await _existing(session, pack_id, lock=True)
            if pack.active == on:
                raise AlreadyDone
            if mark(pack) != was:
                raise ChangedMeanwhile
            if on:
                _check(terms_of(pack), pack.currency, await _on_sale(session, but=pack))
            pack.active = on
            await _record_change(session, actor, pack, {"on_sale": not on}, {"on_sale": on})
        return await self.view(pack_id)

    async def _stocked(self, session: AsyncSession, packs: list[Pack]) -> list[Stocked]:
        ids = [pack.id for pack in packs]
        active = select(PackLink).where(PackLink.active, PackLink.livemode == self._livemode)
        found = await session.execute(active.where(PackLink.pack_id.in_(ids)))
        links = {link.pack_id: link for link in found.scalars()}
        lately = (Payment.state == "credited") & (Payment.created_at > now_plus(-SOLD_SECONDS))
        counted = select(Order.pack_id, func.count().label("times")).join(Payment, Payment.order_id == Order.id)
        rows = await session.execute(counted.where(lately, Order.pack_id.in_(ids)).group_by(Order.pack_id))
        sold = {row.pack_id: row.times for row in rows}
        return [Stocked(pack, self._link(pack, links.get(pack.id)), sold.get(pack.id, 0)) for pack in packs]

    def _link(self, pack: Pack, link: PackLink | None) -> CardLink:
        if not (pack.active and self._cards):
            return CardLink.CLOSING if link else CardLink.NONE
        return CardLink.READY if in_step(pack, link) else CardLink.MAKING


def terms_of(pack: Pack) -> Terms:
    return Terms(pack.name, pack.credits, pack.cents, pack.stars)


def mark(one: Pack | Terms) -> str:
    """Eight letters that are others as soon as anything of it is: by them a button knows what its question showed."""
    facts = (terms_of(one), one.currency, one.active) if isinstance(one, Pack) else (one,)
    return blake2s(repr(facts).encode(), digest_size=4).hexdigest()


def _check(wanted: Terms, currency: str, others: list[Pack]) -> None:
    """`others`: those on sale beside it. Raises PackNotUsable."""
    if wanted.name != " ".join(wanted.name.split()) or not 0 < len(wanted.name) <= NAME_LIMIT:
        raise PackNotUsable("name", 1, NAME_LIMIT)
    if any(other.name.casefold() == wanted.name.casefold() for other in others):
        raise PackNotUsable("taken")
    if not 0 < wanted.credits <= MOST_CREDITS:
        raise PackNotUsable("credits", 1, MOST_CREDITS)
    for amount, unit in ((wanted.cents, currency), (wanted.stars, STARS_CURRENCY)):
        bounds = bounds_of(unit)
        if not bounds.allow(amount):
            raise PackNotUsable("price", bounds.least, bounds.most, unit)


def _is_odd(wanted: Terms, other: Pack) -> bool:
    more = wanted.credits - other.credits
    return (wanted.cents - other.cents) * more < 0 or (wanted.stars - other.stars) * more < 0


def _facts(terms: Terms) -> dict[str, Any]:
    return {"name": terms.name, "credits": terms.credits, "cents": terms.cents, "stars": terms.stars}


async def _record_change(
    session: AsyncSession, actor: Actor, pack: Pack, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    await record(session, actor, Action.PACK_CHANGED, f"pack:{pack.id}", before=before, after=after)


async def _alone(session: AsyncSession) -> None:
    """One change of packs at a time: names are compared with those of all the others."""
    await one_at_a_time(session, "packs")


async def _existing(session: AsyncSession, pack_id: int, *, lock: bool = False) -> Pack:
    pack = await session.get(Pack, pack_id, with_for_update=lock or None)
    if pack is None:
        raise NotYours
    return pack


async def _on_sale(session: AsyncSession, but: Pack | None = None) -> list[Pack]:
    active = select(Pack).where(Pack.active).order_by(Pack.cents, Pack.id)
    return [pack for pack in (await session.execute(active)).scalars() if but is None or pack.id != but.id]


async def _currency(session: AsyncSession) -> str:
    """That of the packs there are; of those on sale, where there are any."""
    known = select(Pack.currency).order_by(Pack.active.desc(), Pack.id).limit(1)
    return await session.scalar(known) or FIRST_CURRENCY


async def _checkouts(session: AsyncSession, pack: Pack | None) -> int:
    if pack is None:
        return 0
    payable = (Order.pack_id == pack.id) & (Order.state == "open") & (Order.expires_at > db_now())
    return (await session.execute(select(func.count()).select_from(Order).where(payable))).scalar_one()
