"""What holds for every handler: taps answered once, refusals said, faults apologised for, strangers kept out."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery, SendMessage, SendVideo

from conversation.notifier import Undeliverable
from tests.handlers.chat import Chat
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE

LOCATION = {"latitude": 1.0, "longitude": 2.0}
POLL: dict[str, Any] = {
    "id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
    "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
}  # fmt: skip
FILE = {"file_id": "f", "file_unique_id": "f"}
STICKER = {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
THINGS: dict[str, Any] = {
    "video": {**FILE, "width": 1, "height": 1, "duration": 1},
    "video_note": {**FILE, "length": 1, "duration": 1},
    "voice": {**FILE, "duration": 1},
    "audio": {**FILE, "duration": 1},
    "sticker": STICKER,
    "location": LOCATION,
    "venue": {"location": LOCATION, "title": "Here", "address": "There"},
    "contact": {"phone_number": "1", "first_name": "Bob"},
    "dice": {"emoji": "🎲", "value": 1},
    "poll": POLL,
    "document": {**FILE, "file_name": "tax.pdf", "mime_type": "application/pdf"},
}


async def test_whatever_is_sent_is_answered_with_what_can_be(chat: Chat) -> None:
    for kind, thing in THINGS.items():
        more: dict[str, Any] = {"location": LOCATION} if kind == "venue" else {}
        await chat.sends(**{kind: thing}, **more)
        assert "photo" in chat.last.lower(), kind
    assert len(chat.heard) == len(THINGS)


async def test_an_animation_is_no_photo_though_it_is_a_file(chat: Chat) -> None:
    moving = {**FILE, "width": 1, "height": 1, "duration": 1}
    await chat.sends(animation=moving, document={**FILE, "file_name": "a.gif", "mime_type": "image/gif"})
    assert "moves already" in chat.last


async def test_notes_of_telegram_itself_are_not_answered(chat: Chat) -> None:
    pinned = {"message_id": 1, "date": 1, "chat": chat.place, "text": "hi"}
    await chat.sends(pinned_message=pinned)
    assert chat.heard == []


async def test_a_button_nobody_made_is_answered(chat: Chat) -> None:
    for data in ["", "x", "dg", "dg:1", "dg:0:0", "dg:1:0:0", "dg:99999999999999999999:0", "ds|1|4:3"]:
        answer = await chat.taps(data)
        assert "no longer works" in answer["text"], data
        assert answer["window"]


async def test_taps_in_groups_are_answered_and_do_nothing(chat: Chat) -> None:
    group = {"message_id": 5, "date": 1, "chat": {"id": -5, "type": "group", "title": "Family"}, "text": "old"}
    for data in ["dg:1:0", "ta:1", "m:help", "po:1"]:
        assert "isn't yours" in (await chat.taps(data, message=group))["text"], data
    assert await rows(chat.shop.db, "SELECT count(*) FROM users") == [(0,)]


async def test_groups_are_told_where_to_write_and_otherwise_left_alone(chat: Chat) -> None:
    chat.place = {"id": -5, "type": "supergroup", "title": "Family"}
    await chat.says("/start@EchoesBot")
    assert "@EchoesBot" in chat.last
    await chat.says("nice weather")
    await chat.sends(photo=[{**FILE, "width": 1, "height": 1}])
    await chat.sends(edited=True, text="nice wether")
    assert len(chat.heard) == 1
    assert await rows(chat.shop.db, "SELECT count(*) FROM users") == [(0,)]


def member(chat: Chat, status: str) -> dict[str, Any]:
    bot = {"id": 7000001, "is_bot": True, "first_name": "Echoes"}
    kicked = {"status": "kicked", "user": bot, "until_date": 0}
    well = {"status": "member", "user": bot}
    now, before = (kicked, well) if status == "kicked" else (well, kicked)
    return {"chat": chat.place, "from": chat.person, "date": 1, "old_chat_member": before, "new_chat_member": now}


async def test_who_blocks_the_bot_is_unreachable_until_they_come_back(chat: Chat) -> None:
    await chat.says("/start")
    await chat.update(my_chat_member=member(chat, "kicked"))
    (blocked,) = await rows(chat.shop.db, "SELECT unreachable_at FROM users")
    assert blocked[0] is not None
    await chat.update(my_chat_member=member(chat, "member"))
    assert await rows(chat.shop.db, "SELECT unreachable_at FROM users") == [(None,)]
    assert len(chat.heard) == 1


async def test_who_comes_back_gets_the_clips_that_were_finished_meanwhile(chat: Chat) -> None:
    user = await chat.user()
    await chat.stage.approved(user)
    missed = await chat.shop.take_of(user)
    await chat.update(my_chat_member=member(chat, "kicked"))
    (message,) = await chat.shop.outbox.claim()
    with pytest.raises(Undeliverable):
        await chat.stage.notifier.deliver(message)
    await chat.shop.outbox.give_up(message)
    await chat.update(my_chat_member=member(chat, "member"))
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert len(chat.telegram.sent(SendVideo)) == 1
    assert (await chat.shop.takes.view(user.id, missed.id)).take.message_id is not None
    assert await chat.shop.outbox.claim() == []


async def test_being_put_out_of_a_group_blocks_nobody(chat: Chat) -> None:
    chat.place = {"id": -5, "type": "group", "title": "Family"}
    await chat.update(my_chat_member=member(chat, "kicked"))
    assert await rows(chat.shop.db, "SELECT count(*) FROM users") == [(0,)]


@pytest.fixture
def broken(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> None:
        raise RuntimeError("canary detail")

    monkeypatch.setattr(type(chat.services.wallet), "statement", fail)


async def test_a_fault_is_apologised_for_with_an_id_that_is_in_the_log(chat: Chat, broken: None) -> None:
    with structlog.testing.capture_logs() as logged, structlog.contextvars.bound_contextvars(cid="c0ffee1234567890"):
        await chat.says("/credits")
    assert "Error c0ffee12" in chat.last
    assert "canary" not in chat.last
    (line,) = [line for line in logged if line["log_level"] == "error"]
    assert line["error_id"] == "c0ffee1234567890"
    assert line["exc_info"]


async def test_a_fault_behind_a_tap_is_said_in_a_window(chat: Chat, broken: None) -> None:
    answer = await chat.taps("cp:0")
    assert "went wrong" in answer["text"]
    assert answer["window"]


async def test_a_tap_that_cannot_be_answered_is_done_all_the_same(chat: Chat) -> None:
    chat.telegram.refuse(AnswerCallbackQuery, 400, "Bad Request: query is too old and response timeout expired")
    await chat.taps("ps")
    assert await rows(chat.shop.db, "SELECT count(*) FROM projects") == [(1,)]


async def test_who_blocks_the_bot_in_the_middle_is_marked(chat: Chat) -> None:
    chat.telegram.refuse(SendMessage, 403, "Forbidden: bot was blocked by the user")
    await chat.says("/start")
    (blocked,) = await rows(chat.shop.db, "SELECT unreachable_at FROM users")
    assert blocked[0] is not None


@pytest.mark.parametrize("fault", ["network", "flood"])
async def test_what_cannot_be_shown_now_breaks_nothing(chat: Chat, fault: str) -> None:
    for _ in range(2):
        if fault == "network":
            lost = TelegramNetworkError(method=SendMessage(chat_id=1, text="x"), message="reset")
            chat.telegram.drop(SendMessage, lost)
        else:
            chat.telegram.refuse(SendMessage, 429, "Too Many Requests", retry_after=60)
    await chat.says("/new")
    assert await rows(chat.shop.db, "SELECT count(*) FROM projects") == [(1,)]


async def test_a_refusal_that_cannot_be_said_breaks_nothing(chat: Chat) -> None:
    chat.telegram.refuse(SendMessage, 400, "Bad Request: something")
    await chat.says("/new")
    await chat.taps("pn:1")
    chat.telegram.refuse(SendMessage, 400, "Bad Request: something")
    await chat.says("x" * 65)
    assert (await rows(chat.shop.db, "SELECT name FROM projects")) == [(None,)]
