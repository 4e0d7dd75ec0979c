from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conversation.turns import FORGET_SECONDS, GAP_SECONDS, Turns


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def asked(turns: Turns, clock: Clock, cards: str, *, rounds: int, every: float = 1.0) -> list[str]:
    """Which cards of chat 1 got their turn, when all of them ask once a round, always in the same order."""
    drawn = []
    for _ in range(rounds):
        drawn += [card for card in cards if turns.take(1, card)]
        clock.now += every
    return drawn


def test_the_first_change_is_drawn_at_once() -> None:
    assert Turns(Clock()).take(1, "a")


def test_a_chat_is_drawn_at_most_once_in_the_gap() -> None:
    clock = Clock()
    assert asked(Turns(clock), clock, "a", rounds=int(GAP_SECONDS) * 4) == ["a"] * 4


def test_several_cards_of_a_chat_take_turns() -> None:
    clock = Clock()
    assert asked(Turns(clock), clock, "abc", rounds=int(GAP_SECONDS) * 6) == list("abcabc")


def test_chats_do_not_wait_for_each_other() -> None:
    turns = Turns(Clock())
    assert turns.take(1, "a")
    assert turns.take(2, "b")


def test_a_card_that_ended_keeps_nobody_waiting_for_long() -> None:
    clock = Clock()
    turns = Turns(clock)
    assert turns.take(1, "a")
    assert not turns.take(1, "gone")
    drawn_at = None
    while drawn_at is None:
        clock.now += 1
        if turns.take(1, "b"):
            drawn_at = clock.now
    assert drawn_at <= FORGET_SECONDS + 1


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from("abc"), st.floats(0, 5)), max_size=60))
def test_no_chat_is_ever_drawn_twice_within_the_gap(taps: list[tuple[int, str, float]]) -> None:
    clock = Clock()
    turns = Turns(clock)
    drawn: dict[int, float] = {}
    for chat, card, later in taps:
        clock.now += later
        if turns.take(chat, card):
            assert clock.now - drawn.get(chat, -GAP_SECONDS) >= GAP_SECONDS
            drawn[chat] = clock.now


def test_chats_of_long_ago_are_forgotten() -> None:
    clock = Clock()
    turns = Turns(clock)
    for chat in range(100):
        turns.take(chat, "a")
        clock.now += FORGET_SECONDS / 2
    assert len(turns._drawn_at) < 5
    assert len(turns._asked) < 5
