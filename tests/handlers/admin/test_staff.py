"""/staff and /audit: an owner gives somebody a role after a question, they are told, and the log says so."""

from __future__ import annotations

import pytest
from aiogram.methods import DeleteMyCommands, SetMyCommands

from conversation.callbacks import SetLanguage
from conversation.callbacks.admin_staff import AdminAppoint, AdminLog, AdminMember
from conversation.i18n import Words
from services.staff.rights import Role
from storage.tables import User
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


@pytest.fixture
async def bob(bobs: Chat) -> User:
    return await bobs.user()


async def test_a_role_is_given_after_a_question_and_they_are_told(owners: Chat, bobs: Chat, bob: User) -> None:
    await owners.says("/staff")
    assert "Olga – owner" in owners.last
    await owners.says(f"/staff {bob.telegram_id}")
    assert "Now: no role" in owners.last

    await owners.taps(AdminAppoint(user=bob.id, role="admin").pack())
    assert "Make Bob an admin?" in owners.last
    assert await owners.services.staff.actor(bob) is None
    await owners.taps(AdminAppoint(user=bob.id, role="admin", sure=True).pack())
    assert "Now: admin" in owners.last

    await bobs.stage.notifier.deliver(await bobs.stage.next_message())
    assert "as admin" in bobs.last
    (commands,) = bobs.telegram.sent(SetMyCommands)
    shown = [one.command for one in commands.commands]
    assert shown[:2] == ["start", "new"]
    assert "audit" in shown
    assert "staff" not in shown
    await bobs.says("/audit")
    assert "gave a role" in bobs.last
    assert "role: null → admin" in bobs.last


async def test_an_owner_has_their_commands_from_the_first_start_and_in_their_language(owners: Chat, bobs: Chat) -> None:
    await bobs.says("/start")
    assert bobs.telegram.sent(SetMyCommands) == []
    await owners.says("/start")
    (at_first,) = owners.telegram.sent(SetMyCommands)
    assert (at_first.commands[-1].command, at_first.scope.chat_id) == ("audit", OWNER)

    await owners.taps(SetLanguage(language="ru").pack())
    in_russian = owners.telegram.sent(SetMyCommands)[-1]
    assert in_russian.commands[0].description == "Начать"
    await owners.says("/start")
    assert len(owners.telegram.sent(SetMyCommands)) == 2


async def test_a_role_is_taken_and_its_commands_with_it(owners: Chat, bobs: Chat, bob: User) -> None:
    await owners.services.staff.appoint(await owners.shop.boss(), bob.id, Role.SUPPORT)
    await bobs.stage.next_message()
    await owners.taps(AdminMember(user=bob.id).pack())
    assert "Now: support" in owners.last
    await owners.taps(AdminAppoint(user=bob.id, role="none", sure=True).pack())

    await bobs.stage.notifier.deliver(await bobs.stage.next_message())
    assert "has ended" in bobs.last
    assert len(bobs.telegram.sent(DeleteMyCommands)) == 1
    again = await owners.taps(AdminAppoint(user=bob.id, role="none", sure=True).pack())
    assert again["text"]


@pytest.mark.parametrize("reference", ["@nobody", "12", "x" * 80, "@"])
async def test_who_is_not_known_cannot_be_appointed(owners: Chat, reference: str) -> None:
    await owners.says(f"/staff {reference}")
    assert "I know nobody" in owners.last


async def test_owners_are_changed_in_the_settings(owners: Chat) -> None:
    await owners.says(f"/staff {OWNER}")
    assert "ADMIN_IDS" in owners.last


async def test_the_log_is_read_by_subject_and_by_who(owners: Chat, bob: User) -> None:
    await owners.says("/audit")
    assert "Nothing was done" in owners.last
    boss = await owners.shop.boss()
    await owners.services.staff.appoint(boss, bob.id, Role.SUPPORT)
    await owners.services.live.set(boss, "signup_credits", 3)

    await owners.says(f"/audit user:{bob.id}")
    assert "gave a role" in owners.last
    assert "signup_credits" not in owners.last
    await owners.taps(AdminLog(by=boss.user_id).pack())
    assert "value:signup_credits" in owners.last
    assert "value: null → 3" in owners.last
