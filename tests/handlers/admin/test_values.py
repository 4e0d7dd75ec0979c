"""/values: what is in force, asked about before it changes, with its history, and never over somebody else's."""

from __future__ import annotations

from typing import Any

import pytest

from conversation.admin.value_field import Field
from conversation.callbacks.admin_values import (
    ValueField,
    ValueGroup,
    ValueHistory,
    ValueOld,
    ValueSet,
    ValueWrite,
)
from conversation.i18n import Words
from handlers.admin.values import table
from storage.database import Database
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


def field(chat: Chat, name: str, key: str = "") -> Field:
    return next(one for one in table(chat.services) if (one.name, one.key) == (name, key))


async def changes(db: Database) -> list[tuple[Any, ...]]:
    return await rows(db, "SELECT name, value FROM value_changes ORDER BY id")


def buttons(chat: Chat) -> dict[str, str]:
    """What the buttons of the last message carry, by their labels."""
    markup = next(call.reply_markup for call in reversed(chat.telegram.calls) if getattr(call, "reply_markup", None))
    return {one.text: one.callback_data or "" for row in markup.inline_keyboard for one in row}


async def tap(chat: Chat, label: str) -> dict[str, Any]:
    (found,) = (data for text, data in buttons(chat).items() if label in text)
    return await chat.taps(found)


async def answering(chat: Chat, label: str, **said: Any) -> dict[str, Any]:
    """Tap a button of a question that answers a message of theirs."""
    (found,) = (data for text, data in buttons(chat).items() if label in text)
    theirs = {"message_id": 4, "date": 1, "chat": chat.place, "from": chat.person, **said}
    question = {"message_id": 5, "date": 1, "chat": chat.place, "text": "old", "reply_to_message": theirs}
    return await chat.taps(found, message=question)


async def test_a_number_is_changed_by_buttons_after_a_question(owners: Chat, db: Database) -> None:
    await owners.says("/values")
    assert "At the start: 10 credits ·" in owners.last
    await tap(owners, "Credits and limits")
    await tap(owners, "At the start")
    await tap(owners, "+1")
    assert "10 credits → <b>11 credits</b>" in owners.last
    await tap(owners, "+1")
    assert "10 credits → <b>12 credits</b>" in owners.last
    assert await changes(db) == []

    await tap(owners, "Yes, set it")

    assert await changes(db) == [("signup_credits", 12)]
    assert "Now: <b>12 credits</b>\nThe environment says: 10 credits" in owners.last
    await owners.says("/values")
    assert "At the start: 12 credits ✏️" in owners.last


async def test_a_number_is_written(owners: Chat, db: Database) -> None:
    await owners.taps(ValueWrite(field=field(owners, "films_a_day").id).pack())
    for nonsense in ("many", "-1", "10001", "1.5", "١"):
        await owners.says(nonsense)
        assert "a whole number from 0 to 10,000" in owners.last
    await owners.says("7")
    assert "5 → <b>7</b>" in owners.last
    assert await changes(db) == []

    await answering(owners, "Yes, set it", text="7")

    assert await changes(db) == [("films_a_day", 7)]
    assert (await owners.user()).dialogue == {}


async def test_who_goes_back_instead_of_writing_is_not_asked_any_more(owners: Chat) -> None:
    films = field(owners, "films_a_day")
    await owners.taps(ValueWrite(field=films.id).pack())
    assert (await owners.user()).dialogue == {"expects": "value", "subject_id": films.id}

    await tap(owners, "‹ Back")

    assert (await owners.user()).dialogue == {}


async def test_a_message_edited_after_the_question_sets_nothing(owners: Chat, db: Database) -> None:
    await owners.taps(ValueWrite(field=field(owners, "films_a_day").id).pack())
    await owners.says("7")

    answer = await answering(owners, "Yes, set it", text="9")

    assert "already done" in answer["text"]
    assert await changes(db) == []


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(owners: Chat, db: Database) -> None:
    share = field(owners, "share_credits")
    await owners.taps(ValueSet(field=share.id, to="4").pack())
    await owners.services.live.set(await owners.shop.boss(), "share_credits", 9)

    answer = await tap(owners, "Yes, set it")

    assert "Somebody has changed it" in answer["text"]
    assert "Now: <b>9 credits</b>" in owners.last
    assert await changes(db) == [("share_credits", 9)]


async def test_what_a_star_brings_is_written_in_money(owners: Chat, db: Database) -> None:
    await owners.taps(ValueWrite(field=field(owners, "star_cents").id).pack())
    await owners.says("1,25")
    await answering(owners, "Yes, set it", text="1,25")

    assert await changes(db) == [("star_cents", 1.25)]


async def test_a_price_is_set_and_given_back(owners: Chat, db: Database) -> None:
    catalogue = owners.services.catalogue
    await owners.says("/values")
    await tap(owners, "Models and prices")
    assert "<b>One</b>\nOn offer: ✅ yes · 5 s: 2 credits · 10 s: 4 credits" in owners.last
    await tap(owners, "One")
    await tap(owners, "5 s")
    await tap(owners, "+1")
    assert "2 credits → <b>3 credits</b>" in owners.last
    await tap(owners, "Yes, set it")
    assert catalogue.price("vendor-one", 5) == 3
    assert catalogue.price("vendor-one", 10) == 4

    await tap(owners, "As the environment says")
    assert "3 credits → <b>2 credits</b>" in owners.last
    await tap(owners, "Yes, set it")

    assert catalogue.price("vendor-one", 5) == 2
    assert [value for _, value in await changes(db)] == ['{"vendor-one": {"5": 3}}', "null"]


async def test_a_model_is_taken_off_and_offered_again(owners: Chat) -> None:
    catalogue = owners.services.catalogue
    switch = field(owners, "models_off", "vendor-one")
    await owners.taps(ValueField(field=switch.id).pack())
    await tap(owners, "🚫 no")
    assert "✅ yes → <b>🚫 no</b>" in owners.last
    await tap(owners, "Yes, set it")
    assert [model.key for model in catalogue.models] == ["vendor-wide"]
    await owners.says("/values")
    assert "One 🚫 ✏️ · Wide" in owners.last

    await owners.taps(ValueField(field=switch.id).pack())
    await tap(owners, "✅ yes")
    await tap(owners, "Yes, set it")

    assert [model.key for model in catalogue.models] == ["vendor-one", "vendor-wide"]


async def test_a_long_text_comes_as_a_file(owners: Chat, db: Database) -> None:
    prompt = "Write <b>plainly</b> & briefly. " * 60
    file = {"file_id": "prompt", "file_unique_id": "p", "file_name": "prompt.txt", "mime_type": "text/plain"}
    owners.telegram.file = [("\ufeff" + prompt).encode()]
    await owners.taps(ValueWrite(field=field(owners, "system_prompt").id).pack())
    await owners.sends(document=file)
    assert "Write &lt;b&gt;plainly" in owners.last

    await answering(owners, "Yes, set it", document=file)

    assert owners.services.live.now.system_prompt == prompt.strip()


async def test_what_is_no_text_is_refused(owners: Chat) -> None:
    await owners.taps(ValueWrite(field=field(owners, "system_prompt").id).pack())
    for name, content in {"picture": b"\xff\xd8\xff", "long": b"x" * 3001, "empty": b" \n"}.items():
        owners.telegram.file = [content]
        await owners.sends(document={"file_id": name, "file_unique_id": name, "file_name": f"{name}.txt"})
        assert "1 to 3,000 characters" in owners.last
    big = {"file_id": "big", "file_unique_id": "b", "file_name": "big.txt", "file_size": 10**6}
    await owners.sends(document=big)
    assert "1 to 3,000 characters" in owners.last


async def test_an_earlier_prompt_is_looked_at_and_taken_back(owners: Chat) -> None:
    live, boss = owners.services.live, await owners.shop.boss()
    for prompt in ("Be brief.", "Be long.", "Be kind."):
        await live.set(boss, "system_prompt", prompt)
    await owners.says("/values")
    await tap(owners, "Prompt of “Improve”")
    await tap(owners, "What it was")
    assert owners.last.count("Olga") == 3
    what = field(owners, "system_prompt")
    await owners.taps(ValueOld(field=what.id, change=1).pack())
    assert "<blockquote>Be brief.</blockquote>" in owners.last
    await tap(owners, "Back to this")
    assert live.now.system_prompt == "Be kind."
    await tap(owners, "Yes, set it")

    assert live.now.system_prompt == "Be brief."
    await tap(owners, "Ours again")
    await tap(owners, "Yes, set it")
    assert live.now.system_prompt is None


async def test_a_text_back_to_an_earlier_one_leaves_the_others_as_they_are(owners: Chat) -> None:
    live, boss = owners.services.live, await owners.shop.boss()
    await live.set(boss, "texts", {"terms:en": "Be kind."})
    await live.set(boss, "texts", {"terms:en": "Be quick.", "privacy:en": "Nothing."})

    terms = field(owners, "texts", "terms:en")
    await owners.taps(ValueSet(field=terms.id, to="@1").pack())
    await tap(owners, "Yes, set it")

    assert live.now.texts == {"terms:en": "Be kind.", "privacy:en": "Nothing."}
    answer = await owners.taps(ValueOld(field=field(owners, "system_prompt").id, change=1).pack())
    assert "no longer here" in answer["text"]


@pytest.mark.parametrize(
    "data",
    [
        ValueGroup(group="credits"),
        ValueField(field=1),
        ValueWrite(field=1),
        ValueSet(field=1, to="1", sure=True),
        ValueHistory(field=1),
        ValueOld(field=1, change=1),
    ],
    ids=lambda data: type(data).__name__,
)
async def test_for_others_none_of_it_exists(chat: Chat, db: Database, data: Any) -> None:
    known = field(chat, "signup_credits").id
    shown = data if isinstance(data, ValueGroup) else data.model_copy(update={"field": known})

    assert "no longer works" in (await chat.taps(shown.pack()))["text"]
    assert await changes(db) == []


async def test_a_button_of_a_model_that_is_gone_says_so(owners: Chat) -> None:
    assert "no longer here" in (await owners.taps(ValueField(field=12345).pack()))["text"]
