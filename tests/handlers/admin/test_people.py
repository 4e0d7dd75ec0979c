"""/people: found, shown, helped, written to and banned; each asked about first, each only for who may."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import SendDocument, SendMessage

from conversation import callbacks
from conversation.callbacks.admin_people import Adjust, ChooseData, Do, OpenPerson, SendText, WriteAbout
from conversation.i18n import Words
from services.staff.rights import Role
from storage.database import Database
from storage.tables import User
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


@pytest.fixture
async def alice(chat: Chat) -> User:
    return await chat.user()


def answering(chat: Chat, message_id: int, text: str) -> dict[str, Any]:
    """The bot's question, as it answers a message of theirs."""
    said = {"message_id": message_id, "date": 1, "chat": chat.place, "from": chat.person, "text": text}
    return {"message_id": 6, "date": 1, "chat": chat.place, "text": "Sure?", "reply_to_message": said}


def buttons(chat: Chat) -> str:
    keyboard = chat.telegram.sent(SendMessage)[-1].reply_markup
    return str(keyboard.model_dump_json())


async def test_somebody_is_looked_up_at_once_or_by_the_next_text(owners: Chat, alice: User) -> None:
    await owners.says("/people 501")
    assert "Alice" in owners.last
    assert "10 credits" in owners.last

    await owners.taps(callbacks.AdminPlace(to="people").pack())
    await owners.says("@nobody")
    assert "I know nobody" in owners.last
    await owners.says(f"#{alice.id}")
    assert "Alice" in owners.last


@pytest.mark.parametrize("tab", ["ledger", "jobs", "payments", "friends"])
async def test_each_page_of_them_opens(owners: Chat, chat: Chat, alice: User, tab: Any) -> None:
    await chat.shop.job_of(alice)
    await owners.taps(OpenPerson(person=alice.id, tab=tab).pack())

    assert "Alice" in owners.last
    assert ("welcome gift" in owners.last) == (tab == "ledger")
    assert ("waiting" in owners.last) == (tab == "jobs")


async def test_credits_are_written_asked_about_and_given_once(owners: Chat, chat: Chat, alice: User) -> None:
    await owners.taps(WriteAbout(person=alice.id, what="credits").pack())
    await owners.says("five please")
    assert "couldn't read" in owners.last
    number = await owners.says("5 a clip came out broken")
    assert "Give 5 credits to" in owners.last
    assert await chat.shop.balance(alice) == (10, 0)

    for _ in range(2):
        question = answering(owners, number, "5 a clip came out broken")
        await owners.taps(Adjust(person=alice.id, amount=5, give=True).pack(), message=question)

    assert await chat.shop.balance(alice) == (15, 0)
    message = await owners.stage.next_message()
    await owners.stage.notifier.deliver(message)
    assert "The team gave you 5 credits" in owners.telegram.sent(SendMessage)[-1].text


async def test_a_question_whose_message_changed_does_nothing(owners: Chat, chat: Chat, alice: User) -> None:
    question = answering(owners, 50, "500 a clip came out broken")
    answer = await owners.taps(Adjust(person=alice.id, amount=5, give=True).pack(), message=question)
    assert "already done" in answer["text"]
    await owners.taps(Adjust(person=alice.id, amount=5, give=True).pack())

    assert await chat.shop.balance(alice) == (10, 0)


async def test_words_for_somebody_are_asked_about_and_sent(owners: Chat, alice: User) -> None:
    await owners.taps(WriteAbout(person=alice.id, what="message").pack())
    number = await owners.says("Hello <Alice>,\nhow are you?")
    assert "Send this to" in owners.last

    question = answering(owners, number, "Hello <Alice>,\nhow are you?")
    await owners.taps(SendText(person=alice.id).pack(), message=question)
    assert f"S{alice.id}-{number}" in owners.last
    await owners.stage.notifier.deliver(await owners.stage.next_message())

    sent = owners.telegram.sent(SendMessage)[-1]
    assert (sent.chat_id, "Hello &lt;Alice&gt;,\nhow are you?" in sent.text) == (501, True)


async def test_a_ban_is_asked_about_and_ends_all(db: Database, owners: Chat, chat: Chat, alice: User) -> None:
    await owners.taps(Do(person=alice.id, deed="ban").pack())
    assert "Ban" in owners.last
    assert await rows(db, "SELECT banned_at FROM users WHERE id = :id", id=alice.id) == [(None,)]
    await owners.taps(Do(person=alice.id, deed="ban", sure=True).pack())
    assert "Banned on" in owners.last

    for _ in range(2):
        await chat.says("/start")
        await chat.taps(callbacks.CreditsPage(page=0).pack())
    assert chat.heard == []
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert "can't use this bot" in chat.last
    assert await rows(db, "SELECT * FROM outbox WHERE state = 'waiting'") == []

    await owners.taps(Do(person=alice.id, deed="unban", sure=True).pack())
    await chat.says("/credits")
    assert "10 credits" in chat.last


async def test_who_is_banned_may_still_pay_but_is_not_let_begin(
    db: Database, owners: Chat, chat: Chat, alice: User
) -> None:
    await chat.services.banning.ban(await chat.shop.boss(), alice.id)
    who = {"id": "pq", "from": chat.person, "currency": "XTR", "total_amount": 1, "invoice_payload": "x"}
    await chat.update(pre_checkout_query=who)
    assert "can't use this bot" in chat.telegram.calls[-1].error_message  # type: ignore[attr-defined]

    paid = {"currency": "XTR", "total_amount": 250, "invoice_payload": "unknown"}
    charge = {"telegram_payment_charge_id": "charge-1", "provider_payment_charge_id": "p-1"}
    await chat.sends(successful_payment={**paid, **charge})
    assert await rows(db, "SELECT state FROM payments") == [("unmatched",)]


async def test_support_sees_people_but_touches_neither_credits_nor_ban(
    db: Database, bobs: Chat, chat: Chat, alice: User
) -> None:
    await chat.services.staff.appoint(await chat.shop.boss(), (await bobs.user()).id, Role.SUPPORT)
    await bobs.says("/people 501")
    assert "Write to them" in buttons(bobs)
    assert not any(word in buttons(bobs) for word in ("Give or take", "Ban", "Role", "Their data"))

    for data in (
        WriteAbout(person=alice.id, what="credits"),
        Adjust(person=alice.id, amount=5, give=True),
        Do(person=alice.id, deed="ban", sure=True),
    ):
        assert "no longer works" in (await bobs.taps(data.pack()))["text"]
    assert await rows(db, "SELECT banned_at FROM users WHERE id = :id", id=alice.id) == [(None,)]


async def test_to_others_nobody_can_be_found(chat: Chat, alice: User) -> None:
    await chat.says("/something")
    unknown = chat.last
    await chat.says("/people 501")

    assert chat.last == unknown
    assert "no longer works" in (await chat.taps(OpenPerson(person=alice.id).pack()))["text"]


async def test_a_copy_of_their_data_comes_into_the_chat(db: Database, owners: Chat, alice: User) -> None:
    await owners.taps(ChooseData(person=alice.id).pack())
    await owners.taps(Do(person=alice.id, deed="export").pack())
    assert owners.telegram.sent(SendDocument) == []
    await owners.taps(Do(person=alice.id, deed="export", sure=True).pack())

    assert [sent.chat_id for sent in owners.telegram.sent(SendDocument)] == [OWNER]
    assert await rows(db, "SELECT action FROM audit_log") == [("data_exported",)]


async def test_who_is_deleted_has_a_card_without_a_name(db: Database, owners: Chat, alice: User) -> None:
    await owners.taps(Do(person=alice.id, deed="delete").pack())
    assert "Nobody can bring it back" in owners.last
    await owners.taps(Do(person=alice.id, deed="delete", sure=True).pack())
    assert "Deleted on" in owners.last
    assert "Alice" not in owners.last

    await owners.says("/people 501")
    assert "I know nobody" in owners.last
