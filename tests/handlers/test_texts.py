from __future__ import annotations

import pytest

from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE


@pytest.fixture
async def card(chat: Chat) -> int:
    """A draft's card is in the chat; its message id."""
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    ((found,),) = await rows(chat.shop.db, "SELECT card_message_id FROM drafts")
    return int(found)


async def test_text_while_a_draft_is_open_is_its_prompt(chat: Chat, card: int) -> None:
    await chat.says("rain & <b>")
    assert "rain &amp; &lt;b&gt;" in chat.telegram.shown(card)


async def test_a_later_text_replaces_it(chat: Chat, card: int) -> None:
    await chat.says("rain")
    await chat.says("snow")
    assert "rain" not in chat.telegram.shown(card)


async def test_a_prompt_that_is_too_long_is_refused_with_both_lengths(chat: Chat, card: int) -> None:
    await chat.says("x" * 300)
    assert "300" in chat.last
    assert "200" in chat.last


async def test_text_while_the_clip_is_made_is_no_prompt(chat: Chat, card: int) -> None:
    await chat.taps("dg:1:0")
    await chat.says("too late")
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts") == [("",)]


async def test_text_for_an_album_is_for_all_its_photos(chat: Chat) -> None:
    chat.telegram.file = [jpeg()]
    for _ in range(2):
        await chat.sends(photo=PHOTO, media_group_id="g")
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    await chat.says("dust")
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts") == [("dust",), ("dust",)]


async def test_text_without_a_draft_is_answered_with_what_to_do(chat: Chat) -> None:
    await chat.says("hello?")
    assert "photo first" in chat.last


@pytest.mark.parametrize("command", ["/bye", "/nonsense", "/admin now", "/"])
async def test_an_unknown_command_is_never_a_prompt(chat: Chat, card: int, command: str) -> None:
    await chat.says(command)
    assert "don't know that command" in chat.last
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts") == [("",)]


async def test_a_corrected_prompt_is_the_prompt(chat: Chat, card: int) -> None:
    number = await chat.says("snwo")
    await chat.sends(edited=True, message_id=number, text="snow")
    assert "snow" in chat.telegram.shown(card)


async def test_correcting_what_was_said_before_the_draft_changes_nothing(chat: Chat, card: int) -> None:
    await chat.sends(edited=True, message_id=1, text="old news")
    await chat.sends(edited=True, message_id=99_999, text="/start")
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts") == [("",)]


async def test_correcting_without_a_draft_is_no_trouble(chat: Chat) -> None:
    await chat.sends(edited=True, text="whatever")
    assert chat.heard == []


async def test_a_project_gets_the_name_it_was_asked_for(chat: Chat) -> None:
    await chat.says("/new")
    await chat.taps("pn:1")
    await chat.says("Summer <1998>")
    assert "Summer &lt;1998&gt;" in chat.last
    await chat.says("hello?")
    assert "photo first" in chat.last


@pytest.mark.parametrize("name", ["x" * 65, "\u200b\u200b"])
async def test_a_name_that_cannot_be_used_is_asked_for_again(chat: Chat, name: str) -> None:
    await chat.says("/new")
    await chat.taps("pn:1")
    await chat.says(name)
    assert "1 to 64 characters" in chat.last
    await chat.says("Summer")
    assert "Summer" in chat.last
