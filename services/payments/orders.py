"""Ordering a pack: the row a payment will be matched to, at the price its buyer saw."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import NotForSale, NotYours, OrderOver, PriceChanged
from services.owned import owned_album, owned_draft
from services.payments.facts import STARS, STARS_CURRENCY, STRIPE, Rail
from services.payments.links import in_step
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.tables import Order, Pack, PackLink, User

ORDER_SECONDS = 86_400.0
"""How long an order can be paid. Cards may be charged later still: then it is honoured, the money being ours."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A pack as it is on the shelf, and by which rails it can be paid now, in the order to offer them."""

    pack: Pack
    rails: tuple[Rail, ...]
    best: bool
    """The most credits for the money, where there is a choice."""


@dataclass(frozen=True, slots=True)
class OrderView:
    order: Order
    pack: Pack
    pay_url: str | None
    """Cards only: the address to pay at."""


class Orders:
    def __init__(self, db: Database, *, rails: tuple[Rail, ...], livemode: bool) -> None:
        """`rails`: what this deployment takes, in the order to offer; `livemode`: whether card money is real."""
        self._db = db
        self.rails = rails
        self._livemode = livemode

    async def offers(self) -> list[Offer]:
        """What is for sale, cheapest first. Empty when nothing can be paid for."""
        async with self._db.reading() as session:
            query = select(Pack).where(Pack.active).order_by(Pack.cents, Pack.id)
            packs = (await session.execute(query)).scalars().all()
            linked = {link.pack_id: link for link in (await session.execute(self._links())).scalars()}
        shelf = [(pack, self._rails_of(pack, linked.get(pack.id))) for pack in packs]
        sold = [(pack, rails) for pack, rails in shelf if rails]
        best = max((_worth(pack, rails) for pack, rails in sold), default=0)
        return [Offer(pack, rails, len(sold) > 1 and _worth(pack, rails) == best) for pack, rails in sold]

    async def open(
        self, user_id: int, pack_id: int, rail: Rail, *, draft_id: int | None = None, album_id: int | None = None
    ) -> OrderView:
        """An order for a pack, the one still open for it if there is one. Raises NotForSale, NotYours."""
        async with self._db.transaction() as session:
            # One order at a time for each buyer. Not against rows that only point at them: a payment being credited has
            # the order we may be about to reuse, and adds such rows.
            await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
            if draft_id is not None:
                await owned_draft(session, user_id, draft_id)
            if album_id is not None:
                await owned_album(session, user_id, album_id)
            pack = await session.get(Pack, pack_id)
            link = await session.scalar(self._links().where(PackLink.pack_id == pack_id)) if rail == STRIPE else None
            if pack is None or rail not in self._rails_of(pack, link):
                raise NotForSale
            order = await self._reusable(session, user_id, pack, rail, link)
            if order is None:
                order = _order(user_id, pack, rail, link)
                session.add(order)
            order.draft_id, order.album_id = draft_id, album_id
            await session.flush()
            return OrderView(order, pack, _pay_url(order, link))

    async def view(self, user_id: int, order_id: int) -> OrderView:
        """Raises NotYours."""
        async with self._db.reading() as session:
            order = await session.get(Order, order_id)
            if order is None or order.user_id != user_id:
                raise NotYours
            link = await session.get(PackLink, order.link_id) if order.link_id else None
            return OrderView(order, await session.get_one(Pack, order.pack_id), _pay_url(order, link))

    async def by_token(self, user_id: int, token: str | None) -> Order | None:
        """A user's card order by its token; without one (a link cannot carry it), their latest."""
        async with self._db.reading() as session:
            mine = select(Order).where(Order.user_id == user_id, Order.rail == STRIPE).order_by(Order.id.desc())
            if token is not None:
                mine = mine.where(Order.token == token)
            return await session.scalar(mine.limit(1))

    async def shown(self, order_id: int, *, message_id: int) -> None:
        """Remember the message that offers to pay."""
        async with self._db.transaction() as session:
            await session.execute(update(Order).where(Order.id == order_id).values(message_id=message_id))

    async def check(self, token: str, *, payer_id: int, amount: int, currency: str) -> None:
        """Whether Stars may be taken for an order now: the last word before the money moves.

        Raises NotYours, OrderOver, PriceChanged.
        """
        async with self._db.reading() as session:
            due = Order.expires_at > db_now()
            ordered = select(Order, User.telegram_id, due).join(User, User.id == Order.user_id)
            row = (await session.execute(ordered.where(Order.token == token, Order.rail == STARS))).one_or_none()
        if row is None or row[1] != payer_id:
            raise NotYours
        order, _, in_time = row
        if order.state != "open" or not in_time:
            raise OrderOver
        if (order.amount, order.currency) != (amount, currency):
            raise PriceChanged

    def _rails_of(self, pack: Pack, link: PackLink | None) -> tuple[Rail, ...]:
        """Cards only once the Payment Link says what the pack says: another one is about to be closed."""
        agrees = in_step(pack, link)
        return tuple(rail for rail in self.rails if pack.active and (rail != STRIPE or agrees))

    def _links(self) -> Select[PackLink]:
        return select(PackLink).where(PackLink.active, PackLink.livemode == self._livemode)

    async def _reusable(
        self, session: AsyncSession, user_id: int, pack: Pack, rail: Rail, link: PackLink | None
    ) -> Order | None:
        amount, currency = _price(pack, rail)
        same = (Order.user_id == user_id) & (Order.pack_id == pack.id) & (Order.rail == rail)
        same &= (Order.credits == pack.credits) & (Order.amount == amount) & (Order.currency == currency)
        same &= Order.link_id.is_(None) if link is None else Order.link_id == link.id
        # Not one that is about to expire: there must be time left to pay it.
        open_ = (Order.state == "open") & (Order.expires_at > now_plus(ORDER_SECONDS / 2))
        latest = select(Order).where(same, open_).order_by(Order.id.desc()).limit(1)
        return await session.scalar(latest.with_for_update())  # one that is being paid right now is open no longer


def new_token() -> str:
    """128 random bits in 22 letters that fit into a deep link."""
    return secrets.token_urlsafe(16)


def _order(user_id: int, pack: Pack, rail: Rail, link: PackLink | None) -> Order:
    amount, currency = _price(pack, rail)
    return Order(
        token=new_token(),
        user_id=user_id,
        pack_id=pack.id,
        rail=rail,
        credits=pack.credits,
        amount=amount,
        currency=currency,
        link_id=link.id if link else None,
        expires_at=now_plus(ORDER_SECONDS),
    )


def _price(pack: Pack, rail: Rail) -> tuple[int, str]:
    return (pack.stars, STARS_CURRENCY) if rail == STARS else (pack.cents, pack.currency)


def _worth(pack: Pack, rails: tuple[Rail, ...]) -> float:
    """Credits for the money, by the rail offered first."""
    amount, _ = _price(pack, rails[0])
    return pack.credits / amount


def _pay_url(order: Order, link: PackLink | None) -> str | None:
    return f"{link.url}?{urlencode({'client_reference_id': order.token})}" if link else None
