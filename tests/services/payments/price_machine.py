"""Packs that change while people are paying for them, as rules for Hypothesis to choose from."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from providers.payments import LinkTerms, PaymentError, PaymentLink
from services.errors import AlreadyDone, ChangedMeanwhile, NotForSale, OrderOver, PackNotUsable
from services.packs import CardLink, Packs, Terms, mark
from services.payments.facts import STARS, STARS_CURRENCY, STRIPE, Charge, Rail
from services.payments.links import Links
from services.payments.orders import Orders
from services.staff.rights import Actor, Role
from storage.tables import Order, User
from tests.support.builders import BOT_ID, create_user
from tests.support.desks import CardCounter
from tests.support.money import told
from tests.support.quick import Quick

RAILS = st.sampled_from((STARS, STRIPE))
PICKS = st.integers(0, 99)
NUMBERS = st.integers(0, 1)
"""Of two packs, and of two buyers."""
WISHES = st.builds(
    Terms,
    st.sampled_from(("Taster", "Album", "Feast")),
    st.sampled_from((5, 10, 20)),
    st.sampled_from((199, 499)),
    st.sampled_from((100, 250)),
)


@dataclass
class Stripe(CardCounter):
    """Between what is asked of it and its answer there is time for somebody else."""

    meanwhile: Callable[[], Awaitable[object]] | None = None
    """Once, in the middle of the next call."""

    async def make_link(self, terms: LinkTerms, *, key: str) -> PaymentLink:
        made = await super().make_link(terms, key=key)
        await self.moment()
        return made

    async def close_link(self, link_id: str) -> None:
        await self.moment()
        await super().close_link(link_id)

    async def moment(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            await meanwhile()


@dataclass
class Seen:
    """An order, and what its buyer was told: that is what they pay, and what they get."""

    buyer: User
    order: Order
    credits: int
    amount: int
    currency: str
    link_id: str | None
    paid: int = 0
    """How often: two pages of one order can both be paid."""


@dataclass
class Visit:
    """Somebody is about to pay: a page is open, or Telegram was told that the Stars may be taken."""

    seen: Seen
    charge_id: str
    paid: bool = False


class PriceMachine(RuleBasedStateMachine):
    """Two packs and two buyers. Each picks among what there is by a number: nobody is ever without something to do."""

    def __init__(self, quick: Quick) -> None:
        super().__init__()
        self.quick, self.db, self.stripe = quick, quick.db, Stripe()
        self.quick.empty()
        self.packs = Packs(self.db, cards=True, livemode=False)
        self.till = Orders(self.db, rails=(STARS, STRIPE), livemode=False)
        self.links = Links(
            self.db, self.stripe, livemode=False, bot_id=BOT_ID, selling=True, return_url=self._return_url
        )
        self.numbers = itertools.count(1)
        self.seen: list[Seen] = []
        self.visits: list[Visit] = []
        self.ids: list[int] = []

    @initialize()
    def open_the_shop(self) -> None:
        """Everybody is about to pay for something: what can go wrong begins there."""
        self.buyers = [self.quick.run(create_user(self.db, name, credits_=0)) for name in ("Alice", "Bob")]
        self.boss = Actor(self.buyers[0].id, Role.OWNER)
        for terms in (Terms("Taster", 5, 199, 100), Terms("Album", 10, 499, 250)):
            self.ids.append(self.quick.run(self.packs.add(self.boss, terms)).pack.id)
        self.follow()
        for number in (0, 1):
            for rail in (STARS, STRIPE):
                self._begin(self._ordered(number, number, rail))

    @rule(number=NUMBERS, wanted=WISHES)
    def change(self, number: int, wanted: Terms) -> None:
        self.quick.run(self._change(self.ids[number], wanted))

    @rule(number=NUMBERS, on=st.booleans())
    def sell(self, number: int, on: bool) -> None:
        self.quick.run(self._sell(self.ids[number], on))

    @rule()
    def follow(self) -> None:
        """The worker comes by, and finds everything in step next time."""
        assert self.quick.run(self.links.keep(look=False)).failed == []
        assert self.quick.run(self.links.waiting()) == []

    @rule(number=NUMBERS, first=WISHES, wanted=WISHES, on=st.booleans() | st.none())
    def follow_while_it_changes(self, number: int, first: Terms, wanted: Terms, on: bool | None) -> None:
        """While its link for the `first` terms is made. `on`: it is taken off sale or put back; None: changed."""
        self.change(number, first)
        changing = self._change(self.ids[number], wanted) if on is None else self._sell(self.ids[number], on)
        self.stripe.meanwhile = partial(_awaited, changing)
        self.quick.run(self.links.keep(look=False))
        self.quick.run(self.stripe.moment())  # where it had nothing to do: after it

    @rule()
    def follow_and_be_cut_off(self) -> None:
        self.stripe.meanwhile = self._fail
        with contextlib.suppress(PaymentError):
            self.quick.run(self.links.keep(look=False))
        self.stripe.meanwhile = None

    @rule(buyer=NUMBERS, number=NUMBERS, rail=RAILS, begun=st.booleans())
    def order(self, buyer: int, number: int, rail: Rail, begun: bool) -> None:
        """Refused, or at what the pack costs now. `begun`: and about to be paid at once."""
        stocked = self.quick.run(self.packs.view(self.ids[number]))
        pack = stocked.pack
        if not (pack.active and (rail == STARS or stocked.link is CardLink.READY)):
            with pytest.raises(NotForSale):
                self._ordered(buyer, number, rail)
            return
        seen = self._ordered(buyer, number, rail)
        costs = (pack.stars, STARS_CURRENCY) if rail == STARS else (pack.cents, pack.currency)
        assert (seen.credits, seen.amount, seen.currency) == (pack.credits, *costs)
        if begun:
            self._begin(seen)

    @rule(pick=PICKS)
    def begin(self, pick: int) -> None:
        self._begin(self.seen[pick % len(self.seen)])

    @rule(pick=PICKS)
    def pay(self, pick: int) -> None:
        """The page was open, or the Stars allowed: whatever has changed since, it is paid. Maybe it is told twice."""
        self._pay(self.visits[pick % len(self.visits)])

    @rule(number=NUMBERS, wanted=WISHES)
    def change_while_all_pay(self, number: int, wanted: Terms) -> None:
        self.change(number, wanted)
        for visit in self.visits:
            if not visit.paid:
                self._pay(visit)

    @invariant()
    def who_paid_has_what_they_saw(self) -> None:
        query = "SELECT order_id, state, credits, amount FROM payments ORDER BY order_id"
        paid = [(seen.order.id, "credited", seen.credits, seen.amount) for seen in self.seen for _ in range(seen.paid)]
        assert [tuple(row) for row in self.quick.look(query)] == sorted(paid)
        for buyer in self.buyers if self.ids else []:
            got = sum(seen.credits * seen.paid for seen in self.seen if seen.buyer is buyer)
            balance = f"SELECT balance FROM accounts WHERE user_id = {buyer.id} AND kind = 'available'"  # noqa: S608
            assert [tuple(row) for row in self.quick.look(balance)] in ([(got,)], [] if got == 0 else [(got,)])

    def teardown(self) -> None:
        """In the end each pack on sale has one open link, which says what the pack says; and there are no others."""
        if not self.ids:
            return
        self.quick.run(self.links.keep(look=True))
        packs = [one.pack for one in self.quick.run(self.packs.listed()) if one.pack.active]
        wanted = sorted((pack.name, str(pack.credits), pack.cents) for pack in packs)
        open_ = [self.stripe.terms[id_] for id_ in self.stripe.links]
        assert sorted((terms.name, terms.labels["credits"], terms.amount) for terms in open_) == wanted

    def _ordered(self, buyer: int, number: int, rail: Rail) -> Seen:
        view = self.quick.run(self.till.open(self.buyers[buyer].id, self.ids[number], rail))
        order = view.order
        known = [seen for seen in self.seen if seen.order.id == order.id]
        link_id = view.pay_url.split("/")[-1].partition("?")[0] if view.pay_url else None
        seen = Seen(self.buyers[buyer], order, order.credits, order.amount, order.currency, link_id)
        self.seen += [] if known else [seen]
        return known[0] if known else seen

    def _begin(self, seen: Seen) -> None:
        """Open the page of a card order, or tap Pay below an invoice. It may be too late: then no money moves."""
        if seen.order.rail == STARS:
            check = self.till.check(
                seen.order.token, payer_id=seen.buyer.telegram_id, amount=seen.amount, currency=seen.currency
            )
            if seen.paid:
                with pytest.raises(OrderOver):
                    self.quick.run(check)
                return
            self.quick.run(check)
        elif seen.link_id not in self.stripe.links:
            return
        else:
            terms = self.stripe.terms[seen.link_id]
            assert (terms.amount, terms.currency) == (seen.amount, seen.currency)
            assert terms.labels["credits"] == str(seen.credits)
        self.visits.append(Visit(seen, f"{seen.order.rail}_{next(self.numbers)}"))

    def _pay(self, visit: Visit) -> None:
        seen = visit.seen
        charge = Charge(
            seen.order.rail,  # type: ignore[arg-type]  # the column is a plain string
            visit.charge_id,
            seen.order.token,
            seen.amount,
            seen.currency,
            payer_id=seen.buyer.telegram_id if seen.order.rail == STARS else None,
            link_id=seen.link_id,
        )
        assert self.quick.run(told(self.db, charge)) is not visit.paid
        seen.paid += not visit.paid
        visit.paid = True

    async def _change(self, pack_id: int, wanted: Terms) -> None:
        pack = (await self.packs.view(pack_id)).pack
        try:
            await self.packs.change(self.boss, pack_id, wanted, was=mark(pack))
        except (AlreadyDone, PackNotUsable):
            pass  # it is so already, or the other one is called that
        else:
            with pytest.raises((ChangedMeanwhile, AlreadyDone)):
                await self.packs.sell(self.boss, pack_id, on=not pack.active, was=mark(pack))

    async def _sell(self, pack_id: int, on: bool) -> None:
        pack = (await self.packs.view(pack_id)).pack
        with contextlib.suppress(AlreadyDone, PackNotUsable):
            await self.packs.sell(self.boss, pack_id, on=on, was=mark(pack))

    async def _fail(self) -> None:
        raise PaymentError("cut off", retryable=True)

    @staticmethod
    async def _return_url() -> str:
        return "http://127.0.0.1:1/return"


async def _awaited(work: Awaitable[object]) -> None:
    await work
