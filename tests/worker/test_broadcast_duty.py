"""What becomes of each message to many: sent, refused, told to wait, unanswered, stopped, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import DeleteMessage, EditMessageReplyMarkup, EditMessageText, SendMessage, TelegramMethod

from conversation.i18n import Words
from services.broadcasts.broadcasts import Content
from services.broadcasts.sending import Sending
from services.staff.rights import Actor
from storage.database import Database
from storage.tables import User
from tests.conversation.conftest import words
from tests.conversation.stage import Stage
from tests.support.builders import OWNER, Shop, create_user
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.vendor import Vendor
from worker.broadcast_duty import LOOK_AT, BroadcastDuty

__all__ = ["words"]
pytestmark = ON_SQLITE
HELLO = "Hello"
GONE = "Bad Request: message to edit not found"
SAME = "Bad Request: message is not modified"


class Office:
    """A broadcast that was begun, and who sends it."""

    def __init__(self, stage: Stage, boss: Actor, number: int) -> None:
        self.stage, self.boss, self.number = stage, boss, number
        self.db, self.telegram, self.broadcasts = stage.shop.db, stage.telegram, stage.shop.broadcasts
        self.duty = self.another()

    def another(self) -> BroadcastDuty:
        """As a new process has it."""
        post = self.stage.notifier.broadcasts
        return BroadcastDuty(Sending(self.db), post, per_second=1e6, at_once=2, grace_s=0.0)

    def has_its_card(self) -> None:
        """So that what Telegram refuses next is a message to somebody, and not the one to the author."""
        self.duty._known, self.duty._newest = self.number, 99

    async def states(self) -> list[str]:
        return [one for (one,) in await rows(self.db, "SELECT state FROM broadcast_recipients ORDER BY user_id")]

    @property
    def got_it(self) -> list[int]:
        sent = self.telegram.sent(SendMessage)
        return [int(call.chat_id) for call in sent if call.text == HELLO]

    async def state(self) -> str:
        return (await self.broadcasts.view(self.number)).broadcast.state


@pytest.fixture
async def office(db: Database, tmp_path: Path, words: Words, alice: User, bob: User) -> Office:
    stage = Stage(Shop(db, tmp_path / "objects", Vendor()), words)
    boss = await stage.shop.boss()
    number = (await stage.shop.broadcasts.draft(boss, Content("text", HELLO))).broadcast.id
    await stage.shop.broadcasts.carded(number, message_id=50, instead_of=None)
    await stage.shop.broadcasts.start(boss, number)
    return Office(stage, boss, number)


@pytest.fixture
async def bob(db: Database) -> User:
    return await create_user(db, "Bob")


def no_answer() -> TelegramNetworkError:
    return TelegramNetworkError(method=SendMessage(chat_id=1, text=HELLO), message="ServerDisconnectedError")


def refuse(office: Office, kind: type[TelegramMethod[Any]], status: int, why: str, times: int = 1) -> None:
    for _ in range(times):
        office.telegram.refuse(kind, status, why)


async def test_everybody_gets_it_and_its_author_sees_that(office: Office, alice: User, bob: User) -> None:
    await office.duty.round()

    assert office.got_it == [alice.telegram_id, bob.telegram_id]
    assert await office.states() == ["sent", "sent"]
    assert await office.state() == "done"
    shown = office.telegram.sent(EditMessageText)[-1]
    assert (shown.chat_id, "Sent: 2" in shown.text) == (OWNER, True)
    await office.duty.round()
    assert len(office.got_it) == 2


async def test_who_blocked_the_bot_gets_nothing_else_either(office: Office, db: Database, alice: User) -> None:
    office.has_its_card()
    office.telegram.refuse(SendMessage, 403, "Forbidden: bot was blocked by the user")

    await office.duty.round()

    assert sorted(await office.states()) == ["blocked", "sent"]
    assert len(await rows(db, "SELECT id FROM users WHERE unreachable_at IS NOT NULL")) == 1


async def test_one_that_is_refused_does_not_keep_the_others_from_theirs(office: Office) -> None:
    office.has_its_card()
    office.telegram.refuse(SendMessage, 400, "Bad Request: something else")

    await office.duty.round()

    assert sorted(await office.states()) == ["failed", "sent"]
    assert await office.state() == "done"


async def test_told_to_slow_down_it_waits_and_sends_it_then(office: Office) -> None:
    office.has_its_card()
    office.telegram.refuse(SendMessage, 429, "Too Many Requests", retry_after=30)

    await office.duty.round()
    assert sorted(await office.states()) == ["sent", "waiting"]
    asked = len(office.telegram.calls)
    await office.duty.round()
    assert len(office.telegram.calls) == asked
    await office.another().round()

    assert await office.states() == ["sent", "sent"]
    assert len(set(office.got_it)) == 2


async def test_one_that_was_not_answered_and_is_there_is_not_sent_again(office: Office) -> None:
    office.has_its_card()
    office.telegram.drop(SendMessage, no_answer())
    await office.duty.round()
    assert sorted(await office.states()) == ["sending", "sent"]
    asked = len(office.got_it)
    office.telegram.refuse(EditMessageReplyMarkup, 400, SAME)

    await office.another().round()

    assert len(office.got_it) == asked
    assert await office.states() == ["sent", "sent"]
    assert await office.state() == "done"


async def test_one_that_was_not_answered_and_is_nowhere_is_sent_again(office: Office, db: Database) -> None:
    office.has_its_card()
    office.telegram.drop(SendMessage, no_answer())
    await office.duty.round()
    refuse(office, EditMessageReplyMarkup, 400, GONE, LOOK_AT)

    await office.another().round()

    assert await office.states() == ["sent", "sent"]
    assert await rows(db, "SELECT max(attempts) FROM broadcast_recipients") == [(2,)]


async def test_one_that_cannot_be_told_is_left_alone(office: Office) -> None:
    """Where it may be is another message of ours."""
    office.has_its_card()
    office.telegram.drop(SendMessage, no_answer())
    await office.duty.round()
    asked = len(office.got_it)

    await office.another().round()

    assert len(office.got_it) == asked
    assert sorted(await office.states()) == ["sent", "unsure"]
    assert await office.state() == "done"


async def test_one_that_may_be_anywhere_is_left_alone(office: Office, db: Database) -> None:
    office.has_its_card()
    office.telegram.drop(SendMessage, no_answer())
    await office.duty.round()
    await execute(db, "UPDATE broadcast_recipients SET message_id = 3 WHERE state = 'sending'")
    refuse(office, EditMessageReplyMarkup, 400, GONE, LOOK_AT)

    await office.another().round()

    assert sorted(await office.states()) == ["sent", "unsure"]


async def test_stopped_in_the_middle_nobody_else_gets_it(office: Office, db: Database) -> None:
    for name in ("Carol", "Dave"):
        third = await create_user(db, name)
        await execute(
            db,
            "INSERT INTO broadcast_recipients (broadcast_id, user_id, state, attempts) VALUES (:b, :u, 'waiting', 0)",
            b=office.number,
            u=third.id,
        )

    async def stop() -> None:
        await office.broadcasts.stop(office.boss, office.number)

    office.has_its_card()
    office.telegram.meanwhile(SendMessage, stop)
    await office.duty.round()

    assert await office.states() == ["sent", "sent", "waiting", "waiting"]
    assert await office.state() == "stopped"


async def test_that_it_was_stopped_is_not_drawn_over_by_how_far_it_was(office: Office) -> None:
    async def stop_and_show() -> None:
        await office.broadcasts.stop(office.boss, office.number)
        await office.stage.notifier.broadcasts.show(office.number)

    office.telegram.meanwhile(EditMessageText, stop_and_show)
    await office.stage.notifier.broadcasts.show(office.number)

    assert "stopped" in office.telegram.shown(50)


async def test_taken_back_it_is_deleted_where_it_can_be(office: Office) -> None:
    await office.duty.round()
    await office.broadcasts.recall(office.boss, office.number)
    office.telegram.refuse(DeleteMessage, 400, "Bad Request: message can't be deleted for everyone")

    await office.duty.round()

    assert sorted(await office.states()) == ["recalled", "sent"]
    assert await office.state() == "recalled"
    assert len(office.telegram.sent(DeleteMessage)) == 2
