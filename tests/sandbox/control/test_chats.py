"""A chat through the control API: what the person does reaches the bot, what the bot does reaches the screen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.driver import BOT_ID, Person, Sandbox, buttons
from tests.sandbox.pictures import jpeg, mp4, sound


async def test_a_chat_that_has_not_begun_is_empty(sandbox: Sandbox) -> None:
    bob = await sandbox.person("Bob")
    chat = await bob.chat()
    assert (chat["messages"], chat["blocked"], chat["reply_keyboard"]) == ([], False, None)


async def test_text_reaches_the_bot_with_its_entities(sandbox: Sandbox, alice: Person) -> None:
    await alice.writes("  /start ref_1 https://x.org  ")
    [update] = await sandbox.updates()
    assert update["message"]["text"] == "/start ref_1 https://x.org"
    assert [entity["type"] for entity in update["message"]["entities"]] == ["bot_command", "url"]


async def test_a_reply_carries_what_it_answers(sandbox: Sandbox, alice: Person) -> None:
    question = await sandbox.ok("sendMessage", chat_id=alice.id, text="Name?", reply_markup={"force_reply": True})
    await alice.writes("Alice", reply_to=question["message_id"])
    [update] = await sandbox.updates()
    assert update["message"]["reply_to_message"]["text"] == "Name?"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.jpg", jpeg(), "photo"),
        ("a.mp4", mp4(), "video"),
        ("a.mp3", sound(1), "audio"),
        ("a.txt", b"words", "document"),
    ],
)
async def test_a_file_is_sent_as_what_it_is(sandbox: Sandbox, alice: Person, name: str, data: bytes, kind: str) -> None:
    [sent] = await alice.sends((name, data), caption="#mine")
    [update] = await sandbox.updates()
    assert kind in update["message"]
    assert update["message"]["caption_entities"][0]["type"] == "hashtag"
    async with sandbox.session.get(sandbox.url + sent["media_url"]) as answer:
        assert answer.status == 200
        assert len(await answer.read()) > 0


async def test_media_have_addresses_that_answer_ranges(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.ok("sendVideo", chat_id=alice.id, video=("v.mp4", mp4()))
    video = (await alice.chat())["messages"][-1]
    url = sandbox.url + video["media_url"]
    async with sandbox.session.get(url, headers={"Range": "bytes=4-7"}) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (206, "video/mp4", b"ftyp")
    async with sandbox.session.get(sandbox.url + video["thumb_url"]) as answer:
        assert answer.content_type == "image/jpeg"


@pytest.mark.parametrize("name", ["page.html", "picture.svg"])
async def test_what_a_browser_would_run_is_handed_over_as_bytes(sandbox: Sandbox, alice: Person, name: str) -> None:
    [sent] = await alice.sends((name, b"<script>alert(1)</script>"), **{"as": "document"})
    async with sandbox.session.get(sandbox.url + sent["media_url"]) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_tap_reaches_the_bot_and_its_answer_the_screen(sandbox: Sandbox, alice: Person) -> None:
    card = await sandbox.ok("sendMessage", chat_id=alice.id, text="card", reply_markup=buttons({"Go": "go:1"}))
    begin = (await alice.chat())["last_event"]
    query_id = await alice.taps(card["message_id"], "go:1")
    [update] = await sandbox.updates()
    query = update["callback_query"]
    assert (query["id"], query["data"], query["message"]["text"]) == (query_id, "go:1", "card")
    await sandbox.ok("answerCallbackQuery", callback_query_id=query_id, text="Gone", show_alert=True)
    answer = await alice.hears(lambda kind, _: kind == "answer", begin)
    expected = {"message_id": card["message_id"], "text": "Gone", "show_alert": True, "url": None}
    assert answer == {"callback_query_id": query_id, "bot_id": BOT_ID, "person_id": alice.id} | expected


async def test_a_tap_is_answered_once_and_within_a_minute(sandbox: Sandbox, alice: Person) -> None:
    card = await sandbox.ok("sendMessage", chat_id=alice.id, text="card", reply_markup=buttons({"Go": "go"}))
    first, second = [await alice.taps(card["message_id"], "go") for _ in range(2)]
    await sandbox.ok("answerCallbackQuery", callback_query_id=first)
    assert "query is too old" in await sandbox.refusal("answerCallbackQuery", callback_query_id=first)
    sandbox.clock.ahead += 61
    assert "query is too old" in await sandbox.refusal("answerCallbackQuery", callback_query_id=second)


async def test_edits_by_the_person_reach_the_bot(sandbox: Sandbox, alice: Person) -> None:
    sent = await alice.writes("helo")
    await alice.edits(sent["message_id"], "hello #x")
    edited = (await sandbox.updates())[-1]["edited_message"]
    assert (edited["message_id"], edited["text"]) == (sent["message_id"], "hello #x")
    assert edited["entities"][0]["type"] == "hashtag"


@pytest.mark.parametrize(
    ("verb", "body", "sentence"),
    [
        ("taps", {"message_id": 2, "data": "no"}, "the message has no button with this data"),
        ("taps", {"message_id": 99, "data": "go"}, "there is no such message"),
        ("edits", {"message_id": 2, "text": "x"}, "only own messages can be edited"),
        ("messages", {"text": " "}, "text must not be empty"),
        ("messages", {"text": "x" * 4097}, "text is too long: 4096 UTF-16 units are allowed"),
        ("messages", {"text": "x", "reply_to": 99}, "there is no such message"),
    ],
)
async def test_what_no_messenger_would_let_one_do_is_refused(
    sandbox: Sandbox, alice: Person, verb: str, body: dict[str, Any], sentence: str
) -> None:
    await sandbox.ok("sendMessage", chat_id=alice.id, text="card", reply_markup=buttons({"Go": "go"}))
    assert await sandbox.control("POST", f"{alice.path}/{verb}", body, status=400) == {"error": sentence}


async def test_who_blocked_the_bot_cannot_write_to_it(sandbox: Sandbox, alice: Person) -> None:
    await alice.blocks()
    assert (await alice.chat())["blocked"]
    await sandbox.control("POST", f"{alice.path}/messages", {"text": "x"}, status=400)


async def test_a_reply_keyboard_stays_until_it_is_removed(sandbox: Sandbox, alice: Person) -> None:
    keyboard = {"keyboard": [[{"text": "Yes"}]], "resize_keyboard": True}
    begin = (await alice.chat())["last_event"]
    await sandbox.ok("sendMessage", chat_id=alice.id, text="a", reply_markup=keyboard)
    assert (await alice.hears(lambda kind, _: kind == "message", begin))["reply_keyboard"] == keyboard
    await sandbox.ok("sendMessage", chat_id=alice.id, text="b")
    assert (await alice.chat())["reply_keyboard"] == keyboard
    await sandbox.ok("sendMessage", chat_id=alice.id, text="c", reply_markup={"remove_keyboard": True})
    assert (await alice.chat())["reply_keyboard"] is None


async def test_deletes_pins_and_reactions_reach_the_screen(sandbox: Sandbox, alice: Person) -> None:
    sent = await sandbox.ok("sendMessage", chat_id=alice.id, text="a")
    call = {"chat_id": alice.id, "message_id": sent["message_id"]}
    begin = (await alice.chat())["last_event"]
    await sandbox.ok("pinChatMessage", **call)
    assert (await alice.chat())["pinned"] == [sent["message_id"]]
    await sandbox.ok("setMessageReaction", **call, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert (await alice.hears(lambda kind, _: kind == "edit", begin))["reactions"] == ["👍"]
    await sandbox.ok("deleteMessage", **call)
    assert (await alice.hears(lambda kind, _: kind == "delete", begin))["message_id"] == sent["message_id"]
    assert len((await alice.chat())["messages"]) == 1
    assert (await alice.chat())["pinned"] == []


async def test_after_48_hours_nothing_can_be_deleted(sandbox: Sandbox, alice: Person) -> None:
    sent = await sandbox.ok("sendMessage", chat_id=alice.id, text="a")
    sandbox.clock.ahead += 48 * 3600 + 1
    refusal = await sandbox.refusal("deleteMessage", chat_id=alice.id, message_id=sent["message_id"])
    assert refusal == "Bad Request: message can't be deleted for everyone"


async def test_a_protected_message_is_not_forwarded_and_a_copy_hides_its_source(
    sandbox: Sandbox, alice: Person
) -> None:
    sent = await sandbox.ok("sendMessage", chat_id=alice.id, text="a", protect_content=True)
    source = {"chat_id": alice.id, "from_chat_id": alice.id, "message_id": sent["message_id"]}
    assert await sandbox.refusal("forwardMessage", **source) == "Bad Request: message can't be forwarded"
    forwarded = await sandbox.ok("forwardMessage", **source | {"message_id": 1})
    assert forwarded["forward_origin"]["sender_user"]["first_name"] == "Alice"
    copy = await sandbox.ok("copyMessage", **source | {"message_id": forwarded["message_id"]})
    last = (await alice.chat())["messages"][-1]
    assert (last["message_id"], last["text"], "forward_origin" in last) == (copy["message_id"], "/start", False)


async def test_an_edit_without_keyboard_removes_it(sandbox: Sandbox, alice: Person) -> None:
    card = await sandbox.ok("sendMessage", chat_id=alice.id, text="a", reply_markup=buttons({"Go": "go"}))
    call = {"chat_id": alice.id, "message_id": card["message_id"]}
    edited = await sandbox.ok("editMessageText", **call, text="b")
    assert "reply_markup" not in edited
    edited = await sandbox.ok("editMessageReplyMarkup", **call, reply_markup=buttons({"Go": "again"}))
    assert edited["reply_markup"] == buttons({"Go": "again"})
    assert edited["text"] == "b"


async def test_a_forged_tap_may_carry_what_no_button_has(sandbox: Sandbox, alice: Person) -> None:
    tap = {"message_id": 1, "data": "delete:everything", "forged": True}
    await sandbox.control("POST", f"{alice.path}/taps", tap)
    [update] = await sandbox.updates()
    assert update["callback_query"]["data"] == "delete:everything"
