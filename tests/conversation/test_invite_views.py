"""Inviting: what is promised is what is paid, and what is not paid is not mentioned."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from aiogram.types import InputTextMessageContent

from conversation.invite_views import (
    asks_code_view,
    invitation_article,
    invitation_link,
    invite_view,
    redeemed_view,
    start_first_button,
)
from conversation.view import View
from services.codes import Redeemed
from services.referrals import Invitation
from tests.conversation.shown import assert_fits, labels, seen

INVITATION = Invitation(code="ABCDEFGH", credits=3, rule="bought", joined=5, vested=2, earned=6)
NEW = replace(INVITATION, joined=0, vested=0, earned=0)
LINK = "https://t.me/EchoesBot?start=ref_ABCDEFGH"


def test_the_link_is_a_deep_link_to_the_bot() -> None:
    assert invitation_link("EchoesBot", "ABCDEFGH") == LINK
    assert len("ref_ABCDEFGH") <= 64


@pytest.mark.parametrize("rule", ["bought", "approved"])
@pytest.mark.parametrize("inline", [True, False])
def test_it_can_be_shown_in_every_language(language: str, rule: str, inline: bool) -> None:
    for one in (INVITATION, NEW, replace(INVITATION, credits=0), replace(INVITATION, joined=1, earned=1)):
        shown = invite_view(replace(one, rule=rule), LINK, inline=inline)  # type: ignore[arg-type]
        assert_fits(shown, caption=True)
        assert LINK in seen(shown.text)
        assert len(labels(shown)) == 2


def test_both_sides_of_the_deal_are_told(english: None) -> None:
    text = seen(invite_view(NEW, LINK, inline=True).text)
    assert "Your friend gets 3 credits at once." in text
    assert "You get 3 credits once they approve a clip made with credits they bought." in text
    assert "joined" not in text


def test_the_other_rule_promises_less_of_the_friend(english: None) -> None:
    text = seen(invite_view(replace(NEW, rule="approved"), LINK, inline=True).text)
    assert "once they approve their first clip" in text
    assert "bought" not in text


def test_what_came_of_it_is_counted(english: None) -> None:
    assert "5 friends have joined. You got 6 credits for them." in seen(invite_view(INVITATION, LINK, inline=True).text)
    assert "1 friend has joined." in seen(invite_view(replace(INVITATION, joined=1), LINK, inline=True).text)
    assert "You got" not in seen(invite_view(replace(INVITATION, earned=0), LINK, inline=True).text)


def test_without_a_reward_there_is_no_word_of_credits(language: str) -> None:
    unpaid = replace(NEW, credits=0)
    shown = [seen(invite_view(unpaid, LINK, inline=True).text), message_of(unpaid)]
    assert all("0" not in text.replace(LINK, "") for text in shown)
    assert not any(word in text.lower() for text in shown for word in ("credit", "crédit", "кредит"))


def test_the_link_can_be_copied_and_sent_on() -> None:
    (share,), (copy,) = keys(invite_view(INVITATION, LINK, inline=True))
    assert share.switch_inline_query == ""
    assert copy.copy_text is not None
    assert copy.copy_text.text == LINK


@pytest.fixture(autouse=True)
def spoken(english: None) -> None:
    """Where a test says no language, it is English."""


def test_where_the_bot_cannot_be_asked_from_other_chats_telegrams_own_way_of_sharing_is_used() -> None:
    (share,), _ = keys(invite_view(INVITATION, LINK, inline=False))
    address = urlsplit(share.url or "")
    assert (address.scheme, address.netloc, address.path) == ("https", "t.me", "/share/url")
    given = parse_qs(address.query)
    assert given["url"] == [LINK]
    assert "3 credits" in given["text"][0]


def test_what_a_friend_gets_is_one_message_with_one_button(language: str) -> None:
    article = invitation_article(INVITATION, LINK)
    assert article.reply_markup is not None
    assert_fits(View(message_of(INVITATION), article.reply_markup), caption=False)
    assert [one.url for row in article.reply_markup.inline_keyboard for one in row] == [LINK]
    assert "3" in message_of(INVITATION)
    assert 0 < len(article.title) <= 64
    assert len(start_first_button().text) <= 40


def test_a_code_can_be_asked_for_and_thanked_for(language: str) -> None:
    for view in (
        asks_code_view(),
        redeemed_view(Redeemed("promo", 5), available=15),
        redeemed_view(Redeemed("referral", 0), available=0),
    ):
        assert_fits(view, caption=False)


def test_what_a_code_brought_is_said_with_the_new_balance() -> None:
    assert seen(redeemed_view(Redeemed("promo", 1), available=15).text) == (
        "🎉 That's 1 credit for you!\nYou have 15 credits now."
    )
    assert "credit" not in seen(redeemed_view(Redeemed("referral", 0), available=9).text)


def message_of(invitation: Invitation) -> str:
    content = invitation_article(invitation, LINK).input_message_content
    assert isinstance(content, InputTextMessageContent)
    return content.message_text


def keys(view: View) -> list[list]:  # type: ignore[type-arg]
    assert view.keyboard is not None
    return view.keyboard.inline_keyboard
