"""What everybody should have, told by plain arithmetic over everything that ever happened.

It shares no code with the services and keeps no balances: a balance is worked out anew from the facts each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

HARMLESS = {"failed", "canceled", "won", "prevented", "warning_closed"}
"""How a refund or dispute may stand without anything being gone."""
REFERRAL_CREDITS = 2
"""For each of the two."""

GIVEN, BOUGHT = "given", "bought"


@dataclass
class Reversal:
    """A refund or dispute at the vendor: the course it takes there, and how far of it we were told."""

    id: str
    kind: str
    amount: int
    course: tuple[str, ...]
    told: int = -1

    @property
    def gone(self) -> int:
        return self.amount if self.told >= 0 and self.course[self.told] not in HARMLESS else 0


@dataclass
class Paid:
    """A charge at the vendor. `owner`: who has its credits, None while nobody has."""

    id: str
    amount: int
    worth: int
    """In credits."""
    told: bool = False
    owner: str | None = None
    reversals: list[Reversal] = field(default_factory=list)

    def gone(self, kind: str) -> int:
        return sum(one.gone for one in self.reversals if one.kind == kind)

    @property
    def state(self) -> str:
        if self.owner is not None:
            return "credited"
        return "returned" if self.gone("refund") >= self.amount else "unmatched"

    @property
    def taken(self) -> tuple[int, int]:
        """Credits taken back because of refunds, and of disputes."""
        refund, dispute = (self._part(self.gone(kind)) for kind in ("refund", "dispute"))
        return refund, min(dispute, self.worth - refund)

    def _part(self, gone: int) -> int:
        return floor(Fraction(self.worth * min(gone, self.amount), self.amount) + Fraction(1, 2))


@dataclass
class Held:
    owner: str
    amount: int
    """What was held; once it was captured, what of it was."""
    id: int = 0
    state: str = "held"
    approved: bool = False
    """Whether the clip it paid for was."""


@dataclass
class Promo:
    credits: int
    max_uses: int
    per_user: int
    new_users_only: bool
    redeemed: list[str] = field(default_factory=list)
    """By whom, once for each time."""


@dataclass
class Books:
    """Everything that happened to the money of a few people, who came in the order of `names`."""

    names: tuple[str, ...]
    promos: dict[str, Promo]
    given: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By key: who was given how many credits by the house."""
    paid: list[Paid] = field(default_factory=list)
    holds: list[Held] = field(default_factory=list)
    invited_by: dict[str, str] = field(default_factory=dict)
    vested: set[str] = field(default_factory=set)
    """Who is worth a reward to whoever invited them: see `worthy`."""

    def available(self, name: str) -> int:
        return max(0, self._net(name))

    def pockets(self, name: str) -> dict[str, int]:
        """As the accounts have them: a debt is below 0."""
        held = sum(one.amount for one in self.holds if one.owner == name and one.state == "held")
        return {"available": self.available(name), "held": held, "debt": min(0, self._net(name))}

    def payments(self) -> set[tuple[str, str, int, int]]:
        """What should be in the rows: id, state, and the credits taken back by refunds and disputes."""
        told = [one for one in self.paid if one.told]
        return {(one.id, one.state, *(one.taken if one.owner else (0, 0))) for one in told}

    def why_not_redeem(self, name: str, promo: Promo) -> str | None:
        bought = any(one.owner == name and one.told for one in self.paid)
        if promo.redeemed.count(name) >= promo.per_user:
            return "already_used"
        if promo.new_users_only and bought:
            return "not_new"
        return "used_up" if len(promo.redeemed) >= promo.max_uses else None

    def why_not_refer(self, inviter: str, invited: str) -> str | None:
        if inviter == invited:
            return "own"
        if self.names.index(inviter) > self.names.index(invited):
            return "not_yet"
        return "already_invited" if invited in self.invited_by else None

    def worthy(self, name: str, moves: Iterable[tuple[str, str, int, int | None]]) -> bool:
        """Whether an approved clip of theirs was paid with bought credits that did not go back since.

        `moves`: their transfers in order, as kind of account taken from, kind put into, credits, hold.
        """
        bought = _bought_by_hold(moves)
        approved = [bought[one.id] for one in self.holds if one.owner == name and one.approved]
        return any(0 < one <= self._bought(name) for one in approved)

    def _bought(self, name: str) -> int:
        return sum(one.worth - sum(one.taken) for one in self.paid if one.told and one.owner == name)

    def _net(self, name: str) -> int:
        """Below 0: what they owe."""
        given = sum(amount for who, amount in self.given.values() if who == name)
        promos = sum(one.credits * one.redeemed.count(name) for one in self.promos.values())
        brought = REFERRAL_CREDITS * sum(self.invited_by[one] == name for one in self.vested)
        brought += REFERRAL_CREDITS * (name in self.invited_by)
        set_aside = sum(one.amount for one in self.holds if one.owner == name and one.state != "released")
        return given + promos + brought + self._bought(name) - set_aside


def _bought_by_hold(moves: Iterable[tuple[str, str, int, int | None]]) -> Counter[int]:
    """How many bought credits are in each hold, moving one credit at a time: given ones are spent first."""
    purse: list[str] = []
    holds: dict[int, list[str]] = {}
    for source, target, amount, hold in moves:
        for _ in range(amount):
            if hold is not None and source == "available":
                holds.setdefault(hold, []).append(_spend(purse, GIVEN))
            elif hold is not None and target == "available":
                purse.append(holds[hold].pop())
            elif hold is None and target == "available":
                purse.append(BOUGHT if source == "purchases" else GIVEN)
            elif hold is None and source == "available":
                _spend(purse, BOUGHT if target == "purchases" else GIVEN)
    return Counter({hold: credits_.count(BOUGHT) for hold, credits_ in holds.items()})


def _spend(purse: list[str], rather: str) -> str:
    return purse.pop(purse.index(rather) if rather in purse else -1)
