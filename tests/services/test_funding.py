"""Which credits a clip was paid with, against a model that moves them one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from services import ledger
from services.funding import Move, Purse, funding_of, replay
from services.ledger import AVAILABLE, DEBT, GRANTS, HELD, PURCHASES, REVENUE
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.customers import buys

HOLDS_WITHOUT_JOBS = True

Steps = list[tuple[str, int]]


@dataclass
class CoinByCoin:
    """Every credit is a coin that knows whether it was given or bought."""

    available: list[str] = field(default_factory=list)
    held: dict[int, list[str]] = field(default_factory=dict)
    spent: dict[int, list[str]] = field(default_factory=dict)
    debt: int = 0
    net: int = 0
    moves: list[Move] = field(default_factory=list)
    """What the ledger writes down for it."""

    def step(self, what: str, amount: int) -> None:
        if what in ("give", "buy"):
            house = GRANTS if what == "give" else PURCHASES
            self.net += amount if what == "buy" else 0
            self._note(house, AVAILABLE, amount)
            self._income(["given" if what == "give" else "bought"] * amount)
        elif what in ("take back", "refund"):
            self._claw_back(amount, PURCHASES if what == "refund" else GRANTS)
        elif what == "hold" and len(self.available) >= amount:
            number = len(self.held) + len(self.spent) + len(self.moves)
            self.held[number] = [self._cheapest() for _ in range(amount)]
            self._note(AVAILABLE, HELD, amount, number)
        elif what in ("capture", "capture a part", "release") and self.held:
            self._resolve(what, sorted(self.held)[amount % len(self.held)])

    def _claw_back(self, amount: int, house: str) -> None:
        self.net -= amount if house == PURCHASES else 0
        taken = min(amount, len(self.available))
        first = "bought" if house == PURCHASES else "given"
        for _ in range(taken):
            self.available.remove(first if first in self.available else self.available[0])
        self.debt += amount - taken
        self._note(AVAILABLE, house, taken)
        self._note(DEBT, house, amount - taken)

    def _resolve(self, what: str, number: int) -> None:
        coins = self.held.pop(number)
        if what == "capture a part" and len(coins) > 1:
            back = min(coins)  # "bought" comes before "given"
            coins.remove(back)
            self._note(HELD, AVAILABLE, 1, number)
            self._income([back])
        if what != "release":
            self.spent[number] = coins
            self._note(HELD, REVENUE, len(coins), number)
        else:
            self._note(HELD, AVAILABLE, len(coins), number)
            self._income(coins)

    def _income(self, coins: list[str]) -> None:
        self.available += coins
        paid = min(self.debt, len(coins))
        for _ in range(paid):
            self._cheapest()
        self.debt -= paid
        self._note(AVAILABLE, DEBT, paid)

    def _cheapest(self) -> str:
        coin = "given" if "given" in self.available else "bought"
        self.available.remove(coin)
        return coin

    def _note(self, source: str, target: str, amount: int, number: int | None = None) -> None:
        if amount:
            self.moves.append(Move(source, target, amount, number))


def purse(coins: list[str]) -> Purse:
    count = Counter(coins)
    return Purse(count["given"], count["bought"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["give", "buy", "buy", "hold", "hold", "capture", "capture a part", "release", "refund", "take back"]
            ),
            st.integers(1, 9),
        ),
        max_size=40,
    )
)
def test_it_agrees_with_moving_the_coins_one_by_one(steps: Steps) -> None:
    coins = CoinByCoin()
    for what, amount in steps:
        coins.step(what, amount)

    found = replay(coins.moves)

    assert found.available == purse(coins.available)
    assert found.holds == {number: purse(held) for number, held in (coins.held | coins.spent).items()}
    assert found.net_bought == coins.net


def test_what_was_given_is_spent_first() -> None:
    moves = [
        Move(PURCHASES, AVAILABLE, 5),
        Move(GRANTS, AVAILABLE, 3),
        Move(AVAILABLE, HELD, 2, 1),
        Move(AVAILABLE, HELD, 2, 2),
        Move(AVAILABLE, HELD, 2, 3),
    ]

    assert replay(moves).holds == {1: Purse(2, 0), 2: Purse(1, 1), 3: Purse(0, 2)}


def test_a_refund_takes_what_was_bought_and_is_still_there() -> None:
    moves = [Move(PURCHASES, AVAILABLE, 5), Move(GRANTS, AVAILABLE, 3), Move(AVAILABLE, PURCHASES, 5)]

    found = replay([*moves, Move(AVAILABLE, HELD, 3, 1)])

    assert (found.holds[1], found.net_bought) == (Purse(3, 0), 0)


def test_a_refund_of_what_was_spent_counts_also_while_it_is_owed() -> None:
    moves = [Move(PURCHASES, AVAILABLE, 5), Move(AVAILABLE, HELD, 5, 1), Move(HELD, REVENUE, 5, 1)]

    found = replay([*moves, Move(DEBT, PURCHASES, 5)])

    assert (found.holds[1], found.net_bought) == (Purse(0, 5), 0)


async def test_it_reads_what_the_ledger_wrote(db: Database, shop: Shop, alice: User, bob: User) -> None:
    for who in (alice, bob):
        await buys(shop, who, 4)
    async with db.transaction() as session:
        spent = await ledger.hold(session, alice.id, 12)
        await ledger.capture(session, spent)
        back = await ledger.hold(session, alice.id, 1)
        await ledger.release(session, back)

    async with db.reading() as session:
        found = await funding_of(session, alice.id)

    assert found.holds == {spent: Purse(10, 2)}
    assert (found.available, found.net_bought) == (Purse(0, 2), 4)


def test_of_a_clip_that_was_made_for_less_the_bought_credits_come_back_first() -> None:
    moves = [
        Move("grants", "available", 1),
        Move("purchases", "available", 5),
        Move("available", "held", 4, 7),
        Move("held", "available", 2, 7),
        Move("held", "revenue", 2, 7),
    ]

    found = replay(moves)

    assert (found.holds[7], found.available) == (Purse(1, 1), Purse(0, 4))
