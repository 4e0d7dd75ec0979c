"""/invite, and what a friend's link does when somebody comes through it."""

from __future__ import annotations

import io

import pytest
from aiogram.methods import SendPhoto
from aiogram.types import BufferedInputFile
from PIL import Image

from conversation.i18n import Words
from tests.handlers.chat import Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows
from tests.support.sharers import project_with

pytestmark = ON_SQLITE


async def link_of(chat: Chat) -> str:
    """The payload of their deep link, asked for as people do."""
    await chat.says("/invite")
    return str(chat.last.split("?start=")[1].split()[0])


async def test_it_shows_a_card_with_the_link(chat: Chat) -> None:
    payload = await link_of(chat)

    (card,) = chat.telegram.sent(SendPhoto)
    assert isinstance(card.photo, BufferedInputFile)
    assert Image.open(io.BytesIO(card.photo.data)).size == (1280, 1280)
    ((code,),) = await rows(chat.shop.db, "SELECT referral_code FROM users")
    assert payload == f"ref_{code}"
    assert f"https://t.me/EchoesBot?start=ref_{code}" in card.caption
    (share,), (copy,) = card.reply_markup.inline_keyboard
    assert share.switch_inline_query == ""
    assert copy.copy_text.text == f"https://t.me/EchoesBot?start=ref_{code}"


async def test_the_link_stays_the_same(chat: Chat) -> None:
    assert len({await link_of(chat) for _ in range(2)}) == 1


async def test_a_button_leads_there_too(chat: Chat) -> None:
    assert (await chat.taps("m:invite"))["text"] == ""
    assert "Invite your friends" in chat.last


async def test_who_was_sent_here_to_get_a_link_is_greeted_and_gets_it(chat: Chat) -> None:
    await chat.says("/start invite")
    hello, card = chat.heard
    assert "Hi, Alice" in hello
    assert "?start=ref_" in card


async def test_without_inline_mode_the_link_is_shared_by_telegram(chat: Chat) -> None:
    chat.telegram.inline = False
    await chat.says("/invite")
    (share,), _ = chat.telegram.sent(SendPhoto)[0].reply_markup.inline_keyboard
    assert share.url.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2FEchoesBot%3Fstart%3Dref_")


async def test_who_comes_by_a_friend_s_link_is_greeted_with_the_gift(chat: Chat, bobs: Chat) -> None:
    await bobs.says(f"/start {await link_of(chat)}")

    assert "You have 12 credits." in bobs.last
    assert "Your friend's invitation brought you 2 credits of that." in bobs.last
    await chat.says("/invite")
    assert "1 friend has joined." in chat.last


async def test_the_link_may_name_the_bot_and_come_in_small_letters(chat: Chat, bobs: Chat) -> None:
    await bobs.says(f"/start@EchoesBot {(await link_of(chat)).lower()}")
    assert "12 credits" in bobs.last


async def test_who_was_here_gets_nothing_for_it(chat: Chat, bobs: Chat) -> None:
    await bobs.says("/help")
    await bobs.says(f"/start {await link_of(chat)}")

    assert "You have 10 credits." in bobs.last
    assert await rows(chat.shop.db, "SELECT id FROM referrals") == []


async def test_one_s_own_link_is_a_greeting_and_no_more(chat: Chat) -> None:
    await chat.says(f"/start {await link_of(chat)}")
    assert "You have 10 credits." in chat.last
    assert "invitation" not in chat.last


@pytest.mark.parametrize(
    "payload", ["ref_", "ref_NOSUCHCD", "ref_" + "A" * 61, "ref_ABCDEFGH extra", "ref_é", "\x00ref_", "p_x", "p_" + "é"]
)
async def test_a_link_that_is_no_link_is_greeted_as_usual(bobs: Chat, payload: str) -> None:
    await bobs.says(f"/start {payload}")
    assert "You have 10 credits." in bobs.last
    assert "invitation" not in bobs.last


async def test_a_shared_project_brings_its_owner_credits_and_the_newcomer_a_greeting(chat: Chat, bobs: Chat) -> None:
    owner = await chat.user()
    project = await project_with(chat.shop, owner)
    share = await chat.services.sharing.share(owner.id, project)

    await bobs.says(f"/start p_{share.token}")
    await bobs.taps("mo")

    assert "You have 10 credits." in bobs.last
    assert (await chat.services.wallet.balance(owner.id)).available == 10


async def test_a_link_that_is_only_talked_about_brings_nobody(shop: Shop, words: Words, chat: Chat) -> None:
    payload = await link_of(chat)
    for number, said in enumerate((f"look: /start {payload}", f"/help {payload}", f"start {payload}")):
        await Chat(shop, words, 900 + number, "Dave").says(said)
    assert await rows(chat.shop.db, "SELECT id FROM referrals") == []
