"""/support, /paysupport, /terms and /privacy answer."""

from __future__ import annotations

import pytest

from conversation.i18n import Words
from services.support import Support
from tests.handlers.chat import Chat
from tests.support.builders import OWNER, Shop, create_pack, values
from tests.support.database import ON_SQLITE
from tests.support.money import charge_for, told

pytestmark = ON_SQLITE


@pytest.fixture
async def owners(shop: Shop, words: Words) -> Chat:
    """The owner has started the bot."""
    chat = Chat(shop, words, OWNER, "Olga", "en")
    await chat.says("/start")
    return chat


@pytest.mark.parametrize(
    ("said", "heard"), [("/terms", "Terms"), ("/privacy", "What is kept"), ("/paysupport", "Help")]
)
async def test_what_telegram_wants_answered_is(chat: Chat, said: str, heard: str) -> None:
    await chat.says(said)
    assert heard in chat.last


async def test_with_a_contact_support_names_it(shop: Shop, words: Words) -> None:
    shop.support = Support(shop.db, values(support_contact="@echoes_help"), owners=[OWNER])
    chat = Chat(shop, words, 501)
    await chat.says("/support")
    assert "@echoes_help" in chat.last
    await chat.says("hello?")
    assert "photo first" in chat.last


async def test_without_one_the_next_text_goes_to_the_owners(chat: Chat, owners: Chat) -> None:
    await chat.says("/support")
    assert "pass it on" in chat.last
    number = await chat.says("Where are <my> credits?")
    assert f"Reference: S{(await chat.user()).id}-{number}" in chat.last

    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert "Where are &lt;my&gt; credits?" in chat.last
    assert "tg://user?id=501" in chat.last


async def test_the_text_after_that_is_no_question_any_more(chat: Chat, owners: Chat) -> None:
    await chat.says("/support")
    await chat.says("Hello?")
    await chat.says("slow zoom")
    assert "photo first" in chat.last


async def test_a_question_can_come_with_the_command(chat: Chat, owners: Chat) -> None:
    await chat.says("/support Where are my credits?")
    assert "I passed it on" in chat.last


async def test_cancel_leaves_the_question_unasked(chat: Chat, owners: Chat) -> None:
    await chat.says("/support")
    await chat.says("/cancel")
    await chat.says("Hello?")
    assert "photo first" in chat.last


async def test_where_nobody_can_be_reached_it_is_said(chat: Chat) -> None:
    for said in ("/support", "/support Hello?"):
        await chat.says(said)
        assert "Nobody can be reached" in chat.last


async def test_help_with_payments_lists_ones_own(chat: Chat, bobs: Chat) -> None:
    user, pack = await chat.user(), await create_pack(chat.shop.db)
    order = (await chat.services.orders.open(user.id, pack.id, "stars")).order
    await told(chat.shop.db, await charge_for(chat.shop.db, order, user))

    await chat.says("/paysupport")
    assert "Taster · 10 credits" in chat.last
    await bobs.says("/paysupport")
    assert "no payments here yet" in bobs.last


async def test_receipts_are_behind_the_credits(chat: Chat) -> None:
    await chat.taps("rp:0")
    assert "no payments yet" in chat.last


async def test_the_owners_say_it_in_their_own_words(chat: Chat, shop: Shop) -> None:
    boss = await shop.boss()
    written = {
        "terms:en": "Be <kind>.\n\nNo refunds & no tears.",
        "privacy:en": "We keep little.",
        "terms:es": "Sé amable.",
    }
    await shop.live.set(boss, "texts", written | {"support:en": "We answer on weekdays."})

    await chat.says("/terms")
    assert chat.last == "Be &lt;kind&gt;.\n\nNo refunds &amp; no tears."
    await chat.says("/privacy")
    assert chat.last == "We keep little."
    await chat.says("/support")
    assert chat.last.startswith("We answer on weekdays.")
    assert "pass it on" in chat.last

    await shop.live.set(boss, "texts", {"terms:es": "Sé amable."})
    for said, heard in (("/terms", "Terms"), ("/privacy", "What is kept"), ("/support", "Support")):
        await chat.says(said)
        assert heard in chat.last


async def test_the_contact_is_the_one_that_is_set_now(chat: Chat, shop: Shop) -> None:
    boss = await shop.boss()
    for contact, heard in (("@first", "@first"), ("a@b.example", "a@b.example"), (None, "pass it on")):
        await shop.live.set(boss, "support_contact", contact)
        await chat.says("/support")
        assert heard in chat.last
