from __future__ import annotations

import pytest

from conversation import callbacks
from conversation.album_card import album_view
from conversation.draft_card import draft_view
from services.inquiries.shown import Offer, Thinking
from tests.conversation.scenes import BIG, HOSTILE, LOCAL, WIDE, album, card
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of


def test_better_words_stand_beside_ones_own_with_three_ways_to_go(english: None) -> None:
    view = draft_view(card(thinking=Thinking(newest=4, offer=Offer(4, "snow", "soft snow"))))

    assert "soft snow" in seen(view.text)
    assert "Your words now:\nsnow" in seen(view.text)
    assert labels(view) == ["✨ Use it", "Keep mine", "🔁 Another"]
    assert callbacks.UseBetter.unpack(tap_of(view, "Use it")) == callbacks.UseBetter(inquiry=4, over=False)
    assert callbacks.Improve.unpack(tap_of(view, "Another")) == callbacks.Improve(draft=7, after=4)


def test_made_of_other_words_it_says_so_and_so_does_the_button(english: None) -> None:
    view = draft_view(card(prompt="rain", thinking=Thinking(newest=4, offer=Offer(4, "snow", "soft snow"))))

    assert "Made of what you wrote before:\nsnow" in seen(view.text)
    assert callbacks.UseBetter.unpack(tap_of(view, "instead of mine")).over


@pytest.mark.parametrize("before", HOSTILE)
def test_long_and_hostile_words_fit(language: str, before: str) -> None:
    for words in HOSTILE:
        offer = Offer(BIG, before, words)
        assert_fits(draft_view(card(id=BIG, prompt="😀" * 900, thinking=Thinking(BIG, offer=offer))), caption=True)


def test_improving_is_offered_only_where_there_are_words_and_a_writer(english: None) -> None:
    def offered(**facts: object) -> bool:
        return any(one.startswith("ip:") for one in data(draft_view(card(**facts))))

    assert offered(thinking=Thinking(newest=9))
    assert not offered()
    assert not offered(prompt="", thinking=Thinking())
    assert not offered(thinking=Thinking(newest=9, improving=True))


def test_while_it_thinks_everything_else_can_be_done(english: None) -> None:
    view = draft_view(card(thinking=Thinking(newest=9, improving=True)))
    assert "Thinking of better words" in seen(view.text)
    assert any("Generate" in label for label in labels(view))


def test_checking_shows_nothing_but_a_way_out(english: None) -> None:
    view = draft_view(card(thinking=Thinking(checking=True)))
    assert "Checking…" in seen(view.text)
    assert labels(view) == ["✖️ Cancel"]


@pytest.mark.parametrize(
    ("thinking", "said"),
    [
        (Thinking(refused=True), "Other words may do. Nothing was charged."),
        (Thinking(unsure=True), "couldn't check it just now, so nothing was charged"),
        (Thinking(stuck=True), "Yours are as they were."),
    ],
)
def test_what_came_of_it_is_said_in_one_line(english: None, thinking: Thinking, said: str) -> None:
    view = draft_view(card(thinking=thinking, models=(LOCAL, WIDE)))
    assert said in seen(view.text)
    assert any("Generate" in label for label in labels(view))


def test_an_album_says_it_of_each_photo(english: None) -> None:
    checks = [Thinking(checking=True), Thinking(refused=True), Thinking(unsure=True)]
    text = seen(album_view(album(*(card(thinking=one) for one in checks))).text)
    for said in ("being checked", "can't be made with these words", "couldn't be checked"):
        assert said in text
