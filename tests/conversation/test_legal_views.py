"""What has to be said can be read in every language, and says how to reach somebody."""

from __future__ import annotations

import pytest

from conversation.legal_views import (
    LISTED,
    passed_on_view,
    paysupport_view,
    privacy_view,
    support_view,
    terms_view,
)
from tests.conversation.purchases import pack, receipt
from tests.conversation.scenes import HOSTILE
from tests.conversation.shown import assert_fits, seen


def test_the_rest_can_be_read(language: str) -> None:
    for view in (terms_view(), passed_on_view("S1-2"), privacy_view(None), support_view(None)):
        assert_fits(view, caption=False)


@pytest.mark.parametrize("contact", ["@echoes_help", "help@echoes.example", "<b>& Co"])
def test_a_contact_is_shown_as_it_was_set(language: str, contact: str) -> None:
    for view in (support_view(contact), privacy_view(contact), paysupport_view([], contact)):
        assert_fits(view, caption=False)
        assert contact in seen(view.text)
        assert "/support" not in view.text.split("/paysupport")[0]


def test_without_a_contact_words_are_passed_on(language: str) -> None:
    assert "/support" in privacy_view(None).text
    assert "/support" in paysupport_view([], None).text
    assert "/paysupport" in support_view(None).text


def test_help_with_payments_lists_the_last_with_what_to_refer_to_them_by(english: None) -> None:
    text = seen(paysupport_view([receipt(id=number) for number in (19, 18, 17, 16, 15)], None).text)
    assert [f"P{number}" in text for number in (19, 18, 17, 16)] == [True] * LISTED + [False]


def test_and_says_that_telegram_cannot_help(english: None) -> None:
    assert "Telegram's own support can't help" in seen(paysupport_view([], None).text)


@pytest.mark.parametrize("name", [name[:32] for name in HOSTILE], ids=range(len(HOSTILE)))
def test_payments_for_packs_of_any_name_can_be_listed(language: str, name: str) -> None:
    assert_fits(paysupport_view([receipt(of=pack(name=name))] * 5, "@help"), caption=False)


def test_what_is_passed_on_has_a_reference(language: str) -> None:
    assert "S12-345" in passed_on_view("S12-345").text
