"""Which credits a clip was paid with: given ones are spent first, bought ones after them.

The ledger does not mark credits. What is known is the order of a user's transfers, so they are replayed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.ledger import AVAILABLE, HELD, PURCHASES
from storage.tables import Account, Transfer


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer as the replay sees it: from one kind of account to another."""

    source: str
    target: str
    amount: int
    hold_id: int | None = None


@dataclass(slots=True)
class Purse:
    """Credits in one place, by where they came from."""

    given: int = 0
    bought: int = 0

    def take(self, amount: int, *, bought_first: bool = False) -> Purse:
        """Take so many out, given ones first unless told otherwise."""
        if bought_first:
            bought = min(amount, self.bought)
            given = amount - bought
        else:
            given = min(amount, self.given)
            bought = amount - given
        self.given -= given
        self.bought -= bought
        return Purse(given, bought)

    def put(self, other: Purse) -> None:
        self.given += other.given
        self.bought += other.bought


@dataclass(slots=True)
class Funding:
    """What a replay found, in credits."""

    net_bought: int = 0
    """Purchases less refunds and disputes, also of credits that were spent."""
    available: Purse = field(default_factory=Purse)
    holds: dict[int, Purse] = field(default_factory=dict)
    """By hold, what is set aside for it, or was captured. What was released is in `available`."""


def replay(moves: Iterable[Move]) -> Funding:
    """Replay one user's transfers, oldest first."""
    found = Funding()
    for move in moves:
        if move.hold_id is not None:
            _hold(found, move, move.hold_id)
            continue
        if move.source == PURCHASES:
            found.net_bought += move.amount
        if move.target == PURCHASES:
            found.net_bought -= move.amount
        if move.target == AVAILABLE:
            bought = move.source == PURCHASES
            found.available.put(Purse(0, move.amount) if bought else Purse(move.amount, 0))
        elif move.source == AVAILABLE:
            # Refunded are bought credits, as far as they are still there. All else takes the given ones first.
            found.available.take(move.amount, bought_first=move.target == PURCHASES)
    return found


def _hold(found: Funding, move: Move, hold_id: int) -> None:
    if move.source == AVAILABLE:
        found.holds[hold_id] = found.available.take(move.amount)
    elif move.source == HELD and move.target == AVAILABLE:
        # Of what was made for less than its price, bought credits come back first.
        purse = found.holds[hold_id]
        found.available.put(purse.take(move.amount, bought_first=True))
        if purse == Purse():
            del found.holds[hold_id]


async def funding_of(session: AsyncSession, user_id: int) -> Funding:
    """Replay a user's transfers. Their ids are in order: each was made under the locks of the user's pockets."""
    source, target = aliased(Account), aliased(Account)
    rows = await session.execute(
        select(source.kind, target.kind, Transfer.amount, Transfer.hold_id)
        .join(source, source.id == Transfer.source_id)
        .join(target, target.id == Transfer.target_id)
        .where(Transfer.user_id == user_id)
        .order_by(Transfer.id)
    )
    return replay(Move(*row) for row in rows)
