"""/reports: what people asked is read, answered after a question, or closed after one; and nobody answers twice."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import SendMessage

from conversation import callbacks
from conversation.callbacks.admin_reports import CloseReport, OpenLooks, OpenReport, SendAnswer, WantLook, WriteAnswer
from conversation.i18n import Words
from conversation.support_notices import question
from services.staff.rights import Role
from storage.database import Database
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


@pytest.fixture
async def owners(shop: Shop, words: Words) -> Chat:
    """The owner has started the bot."""
    chat = Chat(shop, words, OWNER, "Olga")
    await chat.says("/start")
    return chat


@pytest.fixture
async def report(db: Database, chat: Chat, owners: Chat) -> int:
    await chat.says("/support Where are <my> credits?")
    ((number,),) = await rows(db, "SELECT id FROM questions")
    return int(number)


def answering(chat: Chat, message_id: int, text: str) -> dict[str, Any]:
    """The bot's question, as it answers a message of theirs."""
    said = {"message_id": message_id, "date": 1, "chat": chat.place, "from": chat.person, "text": text}
    return {"message_id": 6, "date": 1, "chat": chat.place, "text": "Sure?", "reply_to_message": said}


async def test_what_waits_is_in_the_menu_in_the_list_and_behind_the_notice(owners: Chat, report: int) -> None:
    await owners.says("/admin")
    assert "1 report waits" in owners.last
    await owners.taps(callbacks.AdminPlace(to="reports").pack())
    assert "Where are &lt;my&gt; credits?" in owners.last

    await owners.stage.notifier.deliver(await owners.stage.next_message())
    notice = owners.telegram.sent(SendMessage)[-1].reply_markup
    assert OpenReport(report=report).pack() in str(notice.model_dump_json())
    await owners.taps(OpenReport(report=report).pack())
    assert "Alice" in owners.last
    assert "Where are &lt;my&gt; credits?" in owners.last


async def test_a_notice_of_before_questions_were_kept_is_still_told(owners: Chat, chat: Chat, words: Words) -> None:
    asked = {"reference": "S1-2", "asker_id": (await chat.user()).id, "text": "?"}
    with words.speaking("en"):
        view = await question(owners.services, await owners.user(), asked)
    assert view.keyboard is None
    assert "S1-2" in view.text


async def test_an_answer_is_written_asked_about_and_sent(owners: Chat, chat: Chat, report: int) -> None:
    await owners.stage.next_message()
    await owners.taps(WriteAnswer(report=report).pack())
    await owners.says("no " * 1500)
    assert "at most 3000 characters" in owners.last
    number = await owners.says("In </credits>,\nall ten.")
    assert "Send this to" in owners.last

    await owners.taps(SendAnswer(report=report).pack(), message=answering(owners, number, "In </credits>,\nall ten."))
    assert "on its way" in owners.last
    assert "Closed by Olga" in owners.last
    await chat.stage.notifier.deliver(await chat.stage.next_message())

    asker = await chat.user()
    assert f"S{asker.id}-" in chat.last
    assert "In &lt;/credits&gt;,\nall ten." in chat.last
    await owners.says("/reports")
    assert "Nobody waits" in owners.last
    await owners.says(f"/reports {report}")
    assert "Closed by Olga" in owners.last


async def test_who_comes_second_is_told_who_was_first(owners: Chat, bobs: Chat, report: int) -> None:
    await owners.shop.staff.appoint(await owners.shop.boss(), (await bobs.user()).id, Role.SUPPORT)
    await bobs.taps(WriteAnswer(report=report).pack())
    number = await bobs.says("I'll look")
    await owners.taps(CloseReport(report=report).pack())
    assert "without an answer?" in owners.last
    await owners.taps(CloseReport(report=report, sure=True).pack())

    late = await bobs.taps(SendAnswer(report=report).pack(), message=answering(bobs, number, "I'll look"))

    assert (late["text"], late["window"]) == ("Olga has closed it already.", True)
    assert "on its way" not in bobs.last
    for data in (CloseReport(report=report, sure=True), WriteAnswer(report=report)):
        assert (await bobs.taps(data.pack()))["text"] == "Olga has closed it already."
    assert await rows(bobs.shop.db, "SELECT id FROM outbox WHERE kind = 'from_team'") == []


async def test_a_look_at_the_lists_is_wanted_once(owners: Chat) -> None:
    for place in ("reports", "payments"):
        await owners.taps(callbacks.AdminPlace(to=place).pack())
        shown = owners.telegram.calls[-1].reply_markup  # type: ignore[attr-defined]
        assert OpenLooks().pack() in str(shown.model_dump_json())
    await owners.taps(OpenLooks().pack())
    assert "never looked at" in owners.last

    assert "within seconds" in (await owners.taps(WantLook().pack()))["text"]
    assert "on its way" in owners.last
    assert "already done" in (await owners.taps(WantLook().pack()))["text"]


@pytest.mark.parametrize(
    "data",
    [
        OpenReport(report=1),
        WriteAnswer(report=1),
        SendAnswer(report=1),
        CloseReport(report=1, sure=True),
        OpenLooks(),
        WantLook(),
    ],
    ids=lambda data: type(data).__name__,
)
async def test_others_cannot_tap_its_buttons(db: Database, chat: Chat, report: int, data: Any) -> None:
    assert "no longer works" in (await chat.taps(data.pack()))["text"]
    assert await rows(db, "SELECT closed_at FROM questions") == [(None,)]
    assert await rows(db, "SELECT * FROM wanted_looks") == []
