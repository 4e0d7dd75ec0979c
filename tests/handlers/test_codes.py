from __future__ import annotations

import pytest

from services.promos import NewCode
from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
async def summer(chat: Chat) -> None:
    """A code worth five credits."""
    await chat.shop.promos.create(await chat.shop.boss(), NewCode("SUMMER-26", 5))


@pytest.mark.parametrize("said", ["/credits redeem SUMMER-26", "/credits summer-26", "/credits  Redeem  Summer-26 "])
async def test_a_code_can_be_said_behind_the_command(chat: Chat, said: str) -> None:
    await chat.says(said)
    assert "That's 5 credits for you!" in chat.last
    assert "15 credits" in chat.last


async def test_the_credits_themselves_are_still_shown(chat: Chat) -> None:
    await chat.says("/credits")
    assert "You have <b>10 credits</b>." in chat.last


@pytest.mark.parametrize("asked", ["button", "/credits redeem"])
async def test_asked_for_the_next_text_is_the_code(chat: Chat, asked: str) -> None:
    if asked == "button":
        assert (await chat.taps("ec"))["text"] == ""
    else:
        await chat.says(asked)
    assert "Send me the code" in chat.last

    await chat.says("summer-26")
    assert "15 credits" in chat.last
    await chat.says("and now?")
    assert "photo first" in chat.last


async def test_a_wrong_code_can_be_typed_again(chat: Chat) -> None:
    await chat.taps("ec")
    for wrong in ("sumer-26", "two words", "x" * 4000, "\u202e"):
        await chat.says(wrong)
        assert "don't know that code" in chat.last
    await chat.says("SUMMER-26")
    assert "15 credits" in chat.last


async def test_cancel_leaves_it(chat: Chat) -> None:
    await chat.taps("ec")
    await chat.says("/cancel")
    await chat.says("SUMMER-26")
    assert "photo first" in chat.last
    assert await rows(chat.shop.db, "SELECT id FROM redemptions") == []


async def test_a_photo_instead_of_a_code_is_a_photo(chat: Chat) -> None:
    await chat.taps("ec")
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    await chat.says("SUMMER-26")
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts") == [("SUMMER-26",)]


async def test_the_same_code_again_is_refused_in_a_sentence(chat: Chat) -> None:
    for _ in range(2):
        await chat.says("/credits SUMMER-26")
    assert chat.last == "You have used that code already."


async def test_a_friend_s_code_works_for_who_came_without_the_link(chat: Chat, bobs: Chat) -> None:
    await chat.says("/invite")
    await bobs.says("/start")
    code = chat.last.split("start=ref_")[1].split()[0]

    await bobs.says(f"/credits {code}")

    assert "That's 2 credits for you!" in bobs.last
    await chat.says(f"/credits {code}")
    assert "your own code" in chat.last


async def test_what_was_being_written_is_not_forgotten_over_a_code(chat: Chat) -> None:
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    await chat.says("/credits SUMMER-26")
    await chat.says("snow")
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts") == [("snow",)]
