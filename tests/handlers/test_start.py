from __future__ import annotations

import pytest

from tests.handlers.chat import Chat
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


@pytest.mark.parametrize("payload", ["", "ref_abc", "x" * 65, "\x00\x01\ufffd", "a b c", "p_" + "é" * 40])
async def test_start_greets_whatever_the_link_carried(chat: Chat, payload: str) -> None:
    await chat.says(f"/start {payload}".strip())
    assert "Alice" in chat.last
    assert "10 credits" in chat.last


async def test_starting_again_gives_no_more_credits(chat: Chat) -> None:
    for _ in range(3):
        await chat.says("/start")
    assert await rows(chat.shop.db, "SELECT count(*) FROM transfers") == [(1,)]


async def test_a_name_that_is_html_is_shown_as_it_is(chat: Chat) -> None:
    chat.person["first_name"] = "<b>{} %s"
    await chat.says("/start")
    assert "&lt;b&gt;{} %s" in chat.last


@pytest.mark.parametrize(("place", "heard"), [("help", "How it works"), ("settings", "Settings")])
async def test_the_buttons_of_the_greeting_lead_there(chat: Chat, place: str, heard: str) -> None:
    assert (await chat.taps(f"m:{place}"))["text"] == ""
    assert heard in chat.last


@pytest.mark.parametrize(("place", "heard"), [("projects", "project"), ("credits", "10 credits")])
async def test_so_do_the_others(chat: Chat, place: str, heard: str) -> None:
    await chat.taps(f"m:{place}")
    assert heard in chat.last


async def test_help_is_given_in_the_language_of_their_telegram(chat: Chat) -> None:
    chat.person["language_code"] = "es-AR"
    await chat.says("/help")
    assert "Cómo funciona" in chat.last
