"""/broadcast: seen first, aimed, confirmed, stopped and taken back, by those who may."""

from __future__ import annotations

import pytest
from aiogram.methods import EditMessageText, SendMessage, SendPhoto

from conversation import callbacks
from conversation.callbacks import admin_broadcasts as buttons
from conversation.callbacks import news
from conversation.i18n import Words
from storage.database import Database
from tests.handlers.chat import OWNER, PHOTO, Chat
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, execute, rows

pytestmark = ON_SQLITE


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


async def state(db: Database) -> list[tuple[str, int | None]]:
    return await rows(db, "SELECT state, card_message_id FROM broadcasts")


async def test_what_is_written_next_is_shown_as_it_will_look(owners: Chat, db: Database) -> None:
    await owners.says("/broadcast")
    await owners.sends(text="We make films", entities=[{"type": "bold", "offset": 8, "length": 5}])

    preview, question = owners.telegram.sent(SendMessage)[-2:]
    assert preview.text == "We make <b>films</b>"
    assert "No more news" in preview.reply_markup.inline_keyboard[0][0].text
    assert "Who should get it?" in question.text
    assert await rows(db, "SELECT medium, text, state FROM broadcasts") == [("text", "We make <b>films</b>", "draft")]
    assert (await owners.user()).dialogue == {}


async def test_a_photo_goes_out_with_its_caption(owners: Chat, db: Database) -> None:
    await owners.says("/broadcast")
    await owners.sends(photo=PHOTO, caption="Look & see")

    assert owners.telegram.sent(SendPhoto)[-1].photo == "large"
    assert await rows(db, "SELECT medium, text, file_id FROM broadcasts") == [("photo", "Look &amp; see", "large")]


async def test_one_of_several_photos_is_not_taken(owners: Chat, db: Database) -> None:
    await owners.says("/broadcast")
    await owners.sends(photo=PHOTO, media_group_id="together")

    assert "a single one" in owners.last
    assert await state(db) == []


async def test_what_telegram_will_not_send_is_asked_for_again(owners: Chat, db: Database) -> None:
    await owners.says("/broadcast")
    owners.telegram.refuse(SendMessage, 400, "Bad Request: MESSAGE_TOO_LONG")
    await owners.says("long")

    assert "MESSAGE_TOO_LONG" in owners.last
    assert [one for one, _ in await state(db)] == ["dropped"]
    await owners.says("short")
    assert "Who should get it?" in owners.last


async def test_it_is_aimed_asked_and_begun(owners: Chat, db: Database) -> None:
    await create_user(db, "Alice")
    bob = await create_user(db, "Bob")
    await execute(db, "UPDATE users SET language = 'es' WHERE id = :id", id=bob.id)
    await owners.says("/broadcast")
    await owners.says("Hola")
    assert "<b>2 people</b>" in owners.last

    await owners.taps(buttons.Aim(broadcast=1, language="es", activity="any", balance="any").pack())
    assert "<b>1 person</b>" in owners.last
    await owners.taps(buttons.Start(broadcast=1).pack())
    assert "Send it to 1 person?" in owners.last
    assert [one for one, _ in await state(db)] == ["draft"]
    await owners.taps(buttons.Start(broadcast=1, sure=True).pack())

    assert "going out" in owners.last
    assert await state(db) == [("sending", 5)]
    assert await rows(db, "SELECT user_id FROM broadcast_recipients") == [(bob.id,)]
    again = await owners.taps(buttons.Start(broadcast=1, sure=True).pack())
    assert "already done" in again["text"]


async def test_it_is_stopped_at_once_and_taken_back_after_a_question(owners: Chat, db: Database) -> None:
    alice = await create_user(db, "Alice")
    await owners.says("/broadcast")
    await owners.says("Hello")
    await owners.taps(buttons.Start(broadcast=1, sure=True).pack())
    now = "datetime('now')"
    await execute(db, f"UPDATE broadcast_recipients SET state = 'sent', message_id = 7, sent_at = {now}")  # noqa: S608
    await owners.taps(buttons.Stop(broadcast=1).pack())
    assert [one for one, _ in await state(db)] == ["stopped"]

    await owners.taps(buttons.Recall(broadcast=1).pack())
    assert "Delete it in 1 chat?" in owners.last
    assert [one for one, _ in await state(db)] == ["stopped"]
    await owners.taps(buttons.Recall(broadcast=1, sure=True).pack())

    assert [one for one, _ in await state(db)] == ["recalling"]
    logged = await rows(db, "SELECT action FROM audit_log ORDER BY id")
    assert logged == [("broadcast_started",), ("broadcast_stopped",), ("broadcast_recalled",)]
    await owners.says("/broadcast")
    assert "Earlier ones" in owners.last
    assert alice.id


async def test_where_the_worker_went_on_with_it_is_said_by_the_message_it_left(owners: Chat, db: Database) -> None:
    """It is through with it before the answer to the tap has arrived."""
    await owners.says("/broadcast")
    await owners.says("Hello")
    worker = owners.stage.restarted().broadcasts

    async def it_is_sent() -> None:
        await worker.show_anew(1)
        await execute(db, "UPDATE broadcasts SET state = 'done'")
        await worker.show(1)

    owners.telegram.meanwhile(EditMessageText, it_is_sent)
    await owners.taps(buttons.Start(broadcast=1, sure=True).pack())

    ((_, card),) = await state(db)
    assert card is not None
    assert card != 5
    assert "sent" in owners.telegram.shown(card)
    assert "further down" in owners.telegram.shown(5)


async def test_that_it_was_deleted_is_not_drawn_over_by_that_it_will_be(owners: Chat, db: Database) -> None:
    await owners.says("/broadcast")
    await owners.says("Hello")
    await owners.taps(buttons.Start(broadcast=1, sure=True).pack())
    await owners.taps(buttons.Stop(broadcast=1).pack())
    worker = owners.stage.restarted().broadcasts

    async def it_is_deleted() -> None:
        await execute(db, "UPDATE broadcasts SET state = 'recalled'")
        await worker.show(1)

    owners.telegram.meanwhile(EditMessageText, it_is_deleted)
    await owners.taps(buttons.Recall(broadcast=1, sure=True).pack())

    assert "being deleted" not in owners.telegram.shown(5)
    assert "deleted" in owners.telegram.shown(5)


async def test_a_message_that_follows_a_card_of_which_nobody_knew_ends_it(owners: Chat, db: Database) -> None:
    """The tapped message became the card between the worker's look and its writing."""
    await owners.says("/broadcast")
    await owners.says("Hello")
    worker = owners.stage.restarted().broadcasts

    async def it_is_begun() -> None:
        await owners.taps(buttons.Start(broadcast=1, sure=True).pack())

    owners.telegram.meanwhile(SendMessage, it_is_begun)
    new = await worker.show_anew(1)

    assert [card for _, card in await state(db)] == [new]
    assert "further down" in owners.telegram.shown(5)


async def test_what_was_thrown_away_does_not_go_out(owners: Chat, db: Database) -> None:
    await owners.says("/broadcast")
    await owners.says("Hello")
    await owners.taps(buttons.Drop(broadcast=1).pack())

    answer = await owners.taps(buttons.Start(broadcast=1, sure=True).pack())

    assert "already done" in answer["text"]
    assert [one for one, _ in await state(db)] == ["dropped"]


@pytest.mark.parametrize(
    "data",
    [
        callbacks.AdminPlace(to="broadcast"),
        buttons.Aim(broadcast=1, language="any", activity="any", balance="any"),
        buttons.Open(broadcast=1),
        buttons.Start(broadcast=1, sure=True),
        buttons.Stop(broadcast=1),
        buttons.Recall(broadcast=1, sure=True),
        buttons.Drop(broadcast=1),
    ],
    ids=lambda data: type(data).__name__,
)
async def test_for_others_none_of_it_exists(owners: Chat, chat: Chat, db: Database, data: buttons.Open) -> None:
    await owners.says("/broadcast")
    await owners.says("Hello")

    answer = await chat.taps(data.pack())

    assert "no longer works" in answer["text"]
    assert [one for one, _ in await state(db)] == ["draft"]


async def test_people_can_have_no_more_news_and_have_them_again(chat: Chat) -> None:
    answer = await chat.taps(news.NoNews(broadcast=1).pack())
    assert "/settings" in answer["text"]
    assert (await chat.user()).news_off_at is not None
    assert chat.telegram.sent(EditMessageText) == []

    await chat.says("/settings")
    assert "News: off" in chat.last
    await chat.taps(news.SetNews(wanted=True).pack())

    assert "News: on" in chat.last
    assert (await chat.user()).news_off_at is None
