"""Every command of staff × every role × every way to say it: only those who may, by their own hand, in private."""

from __future__ import annotations

from typing import Any, Final

import pytest

from conversation import callbacks
from conversation.admin.sections import SECTIONS
from conversation.i18n import Words
from services.staff.rights import RIGHTS, Right, Role
from storage.database import Database
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE

COMMANDS: Final[dict[str, Right | None]] = {"admin": None} | {one.command: one.right for one in SECTIONS}
WAYS: Final[dict[str, dict[str, Any]]] = {
    "forwarded": {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Olga"}},
    "of a channel": {"sender_chat": {"id": -1001, "type": "channel", "title": "x"}},
    "anonymous": {"sender_chat": {"id": -5, "type": "group", "title": "x"}},
    "by a bot": {"via_bot": {"id": 9, "is_bot": True, "first_name": "b"}},
    "edited": {"edited": True},
    "edited before": {"edit_date": 2},
}


async def of(shop: Shop, words: Words, role: Role | None) -> Chat:
    """The chat of somebody with a role; without one, of somebody who calls themselves like the owner."""
    chat = Chat(shop, words, OWNER if role is Role.OWNER else 600, "Olga")
    user = await chat.user()
    if role in (Role.ADMIN, Role.SUPPORT):
        await shop.staff.appoint(await shop.boss(), user.id, role)
    return chat


def typed(command: str) -> dict[str, Any]:
    return {"text": f"/{command}", "entities": [{"type": "bot_command", "offset": 0, "length": len(command) + 1}]}


def let_in(chat: Chat) -> bool:
    """Whether the last answer is one that staff gets: all others get the sentence for unknown commands, or nothing."""
    return bool(chat.heard) and "/help" not in chat.last


@pytest.mark.parametrize("role", [*Role, None], ids=str)
async def test_each_command_is_there_for_who_has_its_right(shop: Shop, words: Words, role: Role | None) -> None:
    chat = await of(shop, words, role)
    for command, right in COMMANDS.items():
        before = len(chat.heard)
        await chat.says(f"/{command}")
        assert len(chat.heard) > before, command
        may = role is not None and (right is None or right in RIGHTS[role])
        assert let_in(chat) is may, f"/{command} as {role}"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("command", COMMANDS)
async def test_no_disguise_opens_the_door(shop: Shop, words: Words, command: str, way: str) -> None:
    chat = await of(shop, words, Role.OWNER)
    await chat.sends(**typed(command), **WAYS[way])
    assert not let_in(chat)


@pytest.mark.parametrize("command", COMMANDS)
async def test_nor_does_it_open_in_a_group(shop: Shop, words: Words, command: str) -> None:
    chat = await of(shop, words, Role.OWNER)
    chat.place = {"id": -77, "type": "group", "title": "Friends"}
    await chat.says(f"/{command}")
    await chat.says(f"/{command}@EchoesBot")
    assert not any("🛠" in said or "<b>" in said for said in chat.heard)


@pytest.mark.parametrize("role", [Role.SUPPORT, None], ids=str)
async def test_buttons_ask_for_the_same_rights(db: Database, shop: Shop, words: Words, role: Role | None) -> None:
    chat = await of(shop, words, role)
    await create_user(db, "Bob")
    may = RIGHTS[role] if role else frozenset()
    for command, right in COMMANDS.items():
        if right is None or right not in may:
            before = len(chat.heard)
            place = callbacks.AdminPlace(to=command if right else "menu")
            if right or role is None:
                await chat.taps(place.pack())
                assert len(chat.heard) == before, command
    assert await rows(db, "SELECT id FROM audit_log WHERE action <> 'appointed'") == []
