"""The balance, and every line of its history in words."""

from __future__ import annotations

import pytest

from conversation.credit_views import credits_view
from services.ledger import Balance, TransferKind
from services.wallet import BETWEEN_OWN_POCKETS, Entry, Statement
from tests.conversation.scenes import NOW, statement
from tests.conversation.shown import assert_fits, data, seen

TOLD = [kind for kind in TransferKind if kind not in BETWEEN_OWN_POCKETS]


def line(kind: str, amount: int, *, owed: bool = False) -> str:
    """How a line of the history reads."""
    shown = credits_view(Statement(Balance(5, 0), [Entry(kind, amount, NOW, owed=owed)], 0, 1))
    return seen(shown.text).splitlines()[-1]


def test_credits_show_the_balance_and_every_line_with_its_sign(english: None) -> None:
    text = seen(credits_view(statement()).text)
    assert "You have 28 credits." in text
    assert "21 Nov · +30 · welcome gift" in text
    assert "21 Nov · −2 · a clip" in text
    assert "set aside" not in text
    assert "owe" not in text


def test_held_credits_are_explained(language: str) -> None:
    for held in (1, 2, 5):
        shown = credits_view(statement(held=held))
        assert_fits(shown, caption=False)
        assert str(held) in seen(shown.text)


def test_a_debt_is_told_with_what_becomes_of_it(english: None) -> None:
    shown = credits_view(Statement(Balance(0, 0, 7), [], 0, 1))
    assert "You owe 7 credits: whatever comes in pays that first." in seen(shown.text)


@pytest.mark.parametrize("kind", TOLD)
def test_every_kind_of_change_has_words_of_its_own(language: str, kind: TransferKind) -> None:
    unknown = line("of a newer version", 1).split(" · ")[-1]
    assert line(kind, 1).split(" · ")[-1] != unknown


def test_a_kind_of_a_newer_version_is_still_a_line(english: None) -> None:
    assert line("of a newer version", 1) == "21 Nov · +1 · a change"


def test_what_became_a_debt_says_so(english: None) -> None:
    assert line("refund", -3) == "21 Nov · −3 · refund"
    assert line("refund", -3, owed=True) == "21 Nov · −3 · refund · owed"


@pytest.mark.parametrize("kind", ["refund", "dispute", "referral", "admin"])
def test_what_came_back_reads_otherwise_than_what_was_taken(language: str, kind: str) -> None:
    assert line(kind, 1).split(" · ")[-1] != line(kind, -1).split(" · ")[-1]


@pytest.mark.parametrize(("page", "taps"), [(0, ["cp:1"]), (1, ["cp:0", "cp:2"]), (2, ["cp:1"])])
def test_a_long_history_can_be_turned(language: str, page: int, taps: list[str]) -> None:
    assert [tap for tap in data(credits_view(statement(page=page, pages=3))) if tap.startswith("cp")] == taps


def test_ways_to_more_credits_and_to_what_was_paid_are_one_tap_away(language: str) -> None:
    shown = credits_view(statement())
    assert_fits(shown, caption=False)
    assert {"b::", "rp:0", "ec", "m:invite"} <= set(data(shown))
