"""/overview: one picture that changes with a tap, and the price of a vendor's unit."""

from __future__ import annotations

import pytest
from aiogram.methods import EditMessageMedia, SendPhoto

from conversation.i18n import Words
from services.staff.rights import Role
from tests.handlers.chat import OWNER, Chat, Json
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


def pictured(chat: Chat) -> Json:
    """The message of the overview, as its button's tap carries it."""
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 16, "height": 16}]
    return {"message_id": 70, "date": 1, "chat": chat.place, "photo": photo, "caption": "figures"}


async def test_an_owner_sees_the_figures_of_today_with_their_chart(owners: Chat, chat: Chat) -> None:
    await chat.shop.take_of(await chat.user())
    await owners.says("/overview")

    (sent,) = owners.telegram.sent(SendPhoto)
    assert sent.photo.data.startswith(b"\xff\xd8")
    assert "done: 1" in sent.caption
    assert "✓ Today" in sent.reply_markup.model_dump_json()


async def test_a_tap_changes_picture_and_words_in_place(owners: Chat) -> None:
    await owners.taps("oz:month", message=pictured(owners))
    await owners.taps("oz:month", message=pictured(owners))

    edited = owners.telegram.sent(EditMessageMedia)[0]
    assert edited.message_id == 70
    assert "✓ 30 days" in edited.reply_markup.model_dump_json()
    assert owners.telegram.sent(SendPhoto) == []


async def test_where_no_picture_can_be_changed_a_new_one_is_sent(owners: Chat) -> None:
    await owners.taps("az:overview:0")
    owners.telegram.refuse(EditMessageMedia, 400, "Bad Request: message can't be edited")
    await owners.taps("oz:week", message=pictured(owners))

    assert len(owners.telegram.sent(SendPhoto)) == 2


@pytest.mark.parametrize("role", [None, Role.SUPPORT])
async def test_to_others_it_does_not_exist(chat: Chat, role: Role | None) -> None:
    if role:
        await chat.services.staff.appoint(await chat.shop.boss(), (await chat.user()).id, role)
    await chat.says("/something")
    unknown = chat.last
    await chat.says("/overview")
    assert chat.last == unknown
    for tap in ("oz:today", "az:overview:0"):
        assert "no longer works" in (await chat.taps(tap))["text"]
    assert chat.telegram.sent(SendPhoto) == []
