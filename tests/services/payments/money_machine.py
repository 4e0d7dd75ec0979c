"""Everything that can be done with money, as rules for Hypothesis to choose from, each checked against the books."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from services import ledger
from services.errors import AlreadyDone, CodeNotValid, NotEnoughCredits
from services.ledger import HoldAlreadyResolved, TransferKind
from services.payments.admin import PaymentDesk
from services.payments.facts import STARS, STRIPE, Charge, Problem, Rail, Reversed
from services.payments.orders import Orders
from services.promos import NewCode, Promos
from services.referrals import Referrals
from services.staff.rights import Actor, Role
from services.takes import Takes
from storage.objects.local import LocalStore
from storage.tables import Order, Pack, User
from tests.services.payments.money_choices import (
    DISPUTES,
    NAMES,
    PROMOS,
    REFUNDS,
    TAMPERED,
    credits_,
    names,
    places,
    shares,
)
from tests.services.payments.money_model import REFERRAL_CREDITS, Books, Held, Paid, Reversal
from tests.support.auditor import broken
from tests.support.builders import create_pack, create_user, values
from tests.support.clips import delivered
from tests.support.money import charge_for, told
from tests.support.quick import Quick

MOVES = """
    SELECT s.kind, g.kind, t.amount, t.hold_id FROM transfers t JOIN accounts s ON s.id = t.source_id
    JOIN accounts g ON g.id = t.target_id WHERE t.user_id = {} ORDER BY t.id"""
Payment = tuple[Charge, Paid]


class MoneyMachine(RuleBasedStateMachine):
    """Three people, two packs, and vendors that tell what they like when they like."""

    orders: Bundle[tuple[str, Order]] = Bundle("orders")
    payments: Bundle[Payment] = Bundle("payments")
    reversals: Bundle[tuple[Payment, Reversal]] = Bundle("reversals")
    holds: Bundle[Held] = Bundle("holds")

    def __init__(self, quick: Quick) -> None:
        super().__init__()
        self.quick, self.db = quick, quick.db
        self.quick.empty()
        self.till = Orders(self.db, rails=(STARS, STRIPE), livemode=False)
        self.desk = PaymentDesk(self.db, {})
        self.promos, self.referrals = Promos(self.db), Referrals(self.db, values(referral_credits=REFERRAL_CREDITS))
        self.takes = Takes(
            self.db, LocalStore(Path("nowhere"), signing_secret="canary", public_url="http://127.0.0.1:1")
        )
        self.numbers = itertools.count(1)
        self.books = Books(NAMES, {code: replace(promo, redeemed=[]) for code, promo in PROMOS.items()})
        self.users: dict[str, User] = {}
        self.codes: dict[str, str] = {}
        self.packs: list[Pack] = []

    @initialize(target=orders)
    def open_the_shop(self) -> Any:
        """Each has ordered something already: most of what can go wrong begins there."""
        for name in NAMES:
            self.users[name] = self.quick.run(create_user(self.db, name, credits_=0))
            self.codes[name] = self.quick.run(self.referrals.invitation(self.users[name].id)).code
        for number, cents, stars in ((3, 199, 100), (10, 500, 251)):
            self.packs.append(self.quick.run(create_pack(self.db, credits_=number, cents=cents, stars=stars)))
        for code, one in PROMOS.items():
            wanted = NewCode(code, one.credits, one.max_uses, one.per_user, one.new_users_only)
            self.quick.run(self.promos.create(self._boss, wanted))
        return multiple(
            *(self._order(name, number % 2, (STARS, STRIPE)[number // 2]) for number, name in enumerate(NAMES))
        )

    @rule(name=names, amount=credits_, key=st.sampled_from("abcdef"))
    def grant(self, name: str, amount: int, key: str) -> None:
        given = self._do(ledger.grant, self.users[name].id, amount, kind=TransferKind.ADMIN, key=key)

        assert given is (key not in self.books.given)
        self.books.given.setdefault(key, (name, amount))

    @rule(target=orders, name=names, pack=st.integers(0, 1), rail=st.sampled_from((STARS, STRIPE)))
    def order(self, name: str, pack: int, rail: Rail) -> tuple[str, Order]:
        return self._order(name, pack, rail)

    @rule(target=payments, ordered=orders)
    def pay(self, ordered: tuple[str, Order]) -> Payment:
        payment = self._honest(ordered)
        self.tell(payment)
        return payment

    @rule(target=payments, ordered=orders)
    def pay_silently(self, ordered: tuple[str, Order]) -> Payment:
        """The news of it are late, or lost."""
        return self._honest(ordered)

    @rule(target=payments, ordered=orders, how=st.sampled_from(sorted(TAMPERED)))
    def tamper(self, ordered: tuple[str, Order], how: Problem) -> Payment:
        name, order = ordered
        charge = self.quick.run(charge_for(self.db, order, self.users[name]))
        payment = self._charged(replace(charge, **TAMPERED[how]), 0, None)
        self.tell(payment)
        return payment

    @rule(target=payments, ordered=orders, payer=names)
    def forward_the_invoice(self, ordered: tuple[str, Order], payer: str) -> Payment:
        """Stars are only for who ordered; by card anybody may pay for a friend."""
        name, order = ordered
        charge = self.quick.run(charge_for(self.db, order, self.users[payer]))
        matched = payer == name or order.rail == STRIPE
        payment = self._charged(charge, order.credits if matched else 0, name if matched else None)
        self.tell(payment)
        return payment

    @rule(payment=payments)
    def tell(self, payment: Payment) -> None:
        """For the first time, or again."""
        charge, paid = payment
        assert self.quick.run(told(self.db, charge)) is (not paid.told)
        paid.told = True

    @rule(target=reversals, payment=payments, share=shares, course=st.sampled_from(REFUNDS), at_once=places)
    def refund_part(
        self, payment: Payment, share: int, course: tuple[str, ...], at_once: tuple[int, ...]
    ) -> tuple[Payment, Reversal]:
        return self._reversed(payment, "refund", share, course, at_once)

    @rule(target=reversals, payment=payments, share=shares, course=st.sampled_from(DISPUTES), at_once=places)
    def dispute(
        self, payment: Payment, share: int, course: tuple[str, ...], at_once: tuple[int, ...]
    ) -> tuple[Payment, Reversal]:
        return self._reversed(payment, "dispute", share, course, at_once)

    @rule(one=reversals, place=st.integers(0, 4))
    def tell_of_the_reversal(self, one: tuple[Payment, Reversal], place: int) -> None:
        """Any part of its course, in any order, and maybe before the payment itself."""
        (charge, _), reversal = one
        place = min(place, len(reversal.course) - 1)
        status, kind = reversal.course[place], reversal.kind
        fact = Reversed(charge.rail, reversal.id, kind, charge.external_id, reversal.amount, status)  # type: ignore[arg-type]

        assert self.quick.run(told(self.db, fact)) is (place > reversal.told)
        reversal.told = max(reversal.told, place)

    @rule(payment=payments, name=names, amount=credits_)
    def assign(self, payment: Payment, name: str, amount: int) -> None:
        charge, paid = payment
        rows = self.quick.look(f"SELECT id FROM payments WHERE external_id = '{charge.external_id}'")  # noqa: S608
        may = paid.told and paid.state == "unmatched" and charge.right_mode
        give = self.desk.assign(self._boss, rows[0][0] if rows else 0, self.users[name].telegram_id, amount)
        if not may:
            with pytest.raises(AlreadyDone):
                self.quick.run(give)
            return
        self.quick.run(give)
        paid.owner, paid.worth = name, amount

    @rule(target=holds, name=names, amount=credits_ | st.none())
    def hold(self, name: str, amount: int | None) -> Any:
        """None: all they have, or one credit too many."""
        available = self.books.available(name)
        amount = amount or available or 1
        if amount > available:
            with pytest.raises(NotEnoughCredits) as refused:
                self._do(ledger.hold, self.users[name].id, amount)
            assert (refused.value.needed, refused.value.available) == (amount, available)
            return multiple()
        held = Held(name, amount, self._do(ledger.hold, self.users[name].id, amount))
        self.books.holds.append(held)
        return held

    @rule(one=holds, part=credits_ | st.none())
    def capture(self, one: Held, part: int | None) -> None:
        """All of it where None; else what was made cost less, and the rest goes back."""
        ours = min(part or one.amount, one.amount)
        if self._resolve(one, partial(ledger.capture, amount=ours), "captured"):
            one.amount = ours

    @rule(one=holds)
    def release(self, one: Held) -> None:
        self._resolve(one, ledger.release, "released")

    @rule(one=holds)
    def approve(self, one: Held) -> None:
        """The clip it was for is delivered, and they like it."""
        if one.state == "held":
            self.capture(one, None)
        if one.state != "captured" or one.approved:
            return
        user_id = self.users[one.owner].id
        take = self.quick.run(delivered(self.db, user_id, one.id, charge=one.amount))
        self.quick.run(self.takes.approve(user_id, take.id))
        one.approved = True

    @rule(name=names, code=st.sampled_from(sorted(PROMOS)))
    def redeem(self, name: str, code: str) -> None:
        promo = self.books.promos[code]
        why = self.books.why_not_redeem(name, promo)
        self._unless(why, self.promos.redeem(self.users[name].id, code))
        if why is None:
            promo.redeemed.append(name)

    @rule(inviter=names, invited=names)
    def refer(self, inviter: str, invited: str) -> None:
        why = self.books.why_not_refer(inviter, invited)
        self._unless(why, self.referrals.enter(self.users[invited].id, self.codes[inviter]))
        if why is None:
            self.books.invited_by[invited] = inviter

    @invariant()
    def the_books_balance(self) -> None:
        assert broken(self.quick.look, holds_without_jobs=True) == []

    @invariant()
    def everybody_has_what_they_should(self) -> None:
        self.books.vested = {name for name in self.books.invited_by if self._worthy(name)}
        accounts = "SELECT user_id, kind, balance FROM accounts WHERE user_id IS NOT NULL"
        should = {
            (user.id, kind, balance)
            for name, user in self.users.items()
            for kind, balance in self.books.pockets(name).items()
        }
        assert {tuple(row) for row in self.quick.look(accounts)} == should
        payments = "SELECT external_id, state, refund_taken, dispute_taken FROM payments"
        assert {tuple(row) for row in self.quick.look(payments)} == self.books.payments()

    def _order(self, name: str, pack: int, rail: Rail) -> tuple[str, Order]:
        opened = self.quick.run(self.till.open(self.users[name].id, self.packs[pack].id, rail)).order
        assert opened.state == "open"
        return name, opened

    def _honest(self, ordered: tuple[str, Order]) -> Payment:
        name, order = ordered
        return self._charged(self.quick.run(charge_for(self.db, order, self.users[name])), order.credits, name)

    def _charged(self, charge: Charge, worth: int, owner: str | None) -> Payment:
        paid = Paid(charge.external_id, charge.amount, worth, owner=owner)
        self.books.paid.append(paid)
        return charge, paid

    def _reversed(
        self, payment: Payment, kind: str, share: int, course: tuple[str, ...], at_once: tuple[int, ...]
    ) -> tuple[Payment, Reversal]:
        amount = max(1, payment[1].amount * share // 100)
        reversal = Reversal(f"{kind}_{next(self.numbers)}", kind, amount, course)
        payment[1].reversals.append(reversal)
        for place in at_once:
            self.tell_of_the_reversal((payment, reversal), place)
        return payment, reversal

    @property
    def _boss(self) -> Actor:
        """Who acts in the log does not matter here."""
        return Actor(self.users[NAMES[0]].id, Role.OWNER)

    def _worthy(self, name: str) -> bool:
        return self.books.worthy(name, [tuple(row) for row in self.quick.look(MOVES.format(self.users[name].id))])

    def _unless(self, why: str | None, attempt: Coroutine[Any, Any, Any]) -> None:
        if why is None:
            self.quick.run(attempt)
            return
        with pytest.raises(CodeNotValid) as refused:
            self.quick.run(attempt)
        assert refused.value.why == why

    def _resolve(self, one: Held, how: Callable[..., Any], state: str) -> bool:
        if one.state != "held":
            with pytest.raises(HoldAlreadyResolved):
                self._do(how, one.id)
            return False
        self._do(how, one.id)
        one.state = state
        return True

    def _do(self, operation: Callable[..., Any], *values: Any, **named: Any) -> Any:
        async def use_case() -> Any:
            async with self.db.transaction() as session:
                return await operation(session, *values, **named)

        return self.quick.run(use_case())
