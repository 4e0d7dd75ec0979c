"""The duty of the cards: round after round, and never more than there is room for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from services.cards import Shown
from storage.tables import User
from worker.duties import CARD_PAGE, CARD_PAGES, CardsDuty, keep_doing

A_ROUND = CARD_PAGE * CARD_PAGES


@dataclass
class Hall:
    """So many cards with live work, a notifier that has room for so many of them, and who was drawn."""

    cards: int
    room: int = 1_000_000
    drawn: list[int] = field(default_factory=list)
    broken: int | None = None

    @property
    def has_room(self) -> bool:
        return len(self.drawn) < self.room

    async def working(self, *, after: int, most: int) -> tuple[list[Shown], int | None]:
        ids = list(range(after + 1, self.cards + 1))[:most]
        return [Shown(User(), "draft", card) for card in ids], ids[-1] if len(ids) == most else None

    async def refresh(self, shown: Shown) -> None:
        if shown.id == self.broken:
            raise ZeroDivisionError
        self.drawn.append(shown.id)


def duty(hall: Hall) -> CardsDuty:
    return CardsDuty(hall, hall)  # type: ignore[arg-type]


async def test_a_few_cards_are_all_looked_at_in_every_round() -> None:
    hall = Hall(cards=3)
    seen_to = duty(hall)
    await seen_to.round()
    await seen_to.round()
    assert hall.drawn == [1, 2, 3] * 2


async def test_many_cards_are_looked_at_in_turn() -> None:
    hall = Hall(cards=A_ROUND + 5)
    seen_to = duty(hall)
    await seen_to.round()
    assert len(hall.drawn) == A_ROUND
    await seen_to.round()
    assert sorted(hall.drawn) == list(range(1, A_ROUND + 6))


async def test_a_round_ends_where_there_is_no_more_room_and_the_next_goes_on_there() -> None:
    hall = Hall(cards=100, room=CARD_PAGE)
    seen_to = duty(hall)
    await seen_to.round()
    await seen_to.round()
    assert hall.drawn == list(range(1, CARD_PAGE + 1))
    hall.room = 2 * CARD_PAGE
    await seen_to.round()
    assert hall.drawn == list(range(1, 2 * CARD_PAGE + 1))


async def test_a_card_that_cannot_be_drawn_keeps_no_other_from_moving() -> None:
    hall = Hall(cards=CARD_PAGE + 2, broken=2)
    with pytest.raises(ExceptionGroup):
        await duty(hall).round()
    assert sorted(hall.drawn) == [1, *range(3, CARD_PAGE + 3)]


@dataclass
class Lease:
    """A duty's lease, which somebody else may have; and what was done about it."""

    free: bool = True
    done: list[str] = field(default_factory=list)

    async def hold(self, _name: str, _seconds: float) -> bool:
        self.done.append("hold" if self.free else "in vain")
        return self.free

    async def let_go(self, _name: str) -> None:
        self.done.append("let go")

    async def round(self) -> None:
        self.done.append("round")


async def rounds(lease: Lease, *, until: int, lease_s: float | None = None) -> None:
    """Keep doing it, ten thousand times a second, until so much was done."""
    task = asyncio.create_task(keep_doing("a duty", 0.0001, lease, lease.round, lease_s))  # type: ignore[arg-type]
    while len(lease.done) < until:  # noqa: ASYNC110 - it says nothing
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


async def test_a_lease_that_lasts_for_many_rounds_is_not_renewed_for_each() -> None:
    lease = Lease()
    await rounds(lease, until=6, lease_s=3600.0)
    assert lease.done[:6] == ["hold", *["round"] * 5]
    assert lease.done[-1] == "let go"


async def test_a_lease_that_lasts_for_three_rounds_is_renewed_for_each() -> None:
    lease = Lease()
    await rounds(lease, until=6)
    assert lease.done[:6] == ["hold", "round"] * 3


async def test_what_somebody_else_does_is_asked_for_again_and_not_done() -> None:
    lease = Lease(free=False)
    await rounds(lease, until=3, lease_s=3600.0)
    assert set(lease.done) == {"in vain", "let go"}
