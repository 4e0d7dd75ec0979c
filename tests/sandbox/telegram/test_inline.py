"""Inline mode: what people ask from anywhere, what the bot may answer, and what becomes of a result they pick."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.sandbox.driver import BOT_ID, Json, Person, Sandbox, buttons
from tests.sandbox.paying import asked
from tests.sandbox.pictures import jpeg, mp4
from tests.sandbox.receiver import Receiver

ONLY_HERE = " (refused by the sandbox only)"


def article(result_id: str = "1", **more: Any) -> Json:
    content = {"message_text": "<b>Look</b>", "parse_mode": "HTML"}
    return {"type": "article", "id": result_id, "title": "Look", "input_message_content": content} | more


async def results_of(sandbox: Sandbox, person: Person, results: list[Json], **answer: Any) -> Json:
    """Ask, have the bot answer, and return what the person is shown."""
    asking = asyncio.ensure_future(person.asks("film"))
    query = await asked(sandbox, "inline_query")
    await sandbox.ok("answerInlineQuery", inline_query_id=query["id"], results=results, **answer)
    return await asking


async def test_a_question_reaches_the_bot_and_its_results_the_person(sandbox: Sandbox, alice: Person) -> None:
    asking = asyncio.ensure_future(alice.asks("my film", offset="20", chat_type="sender"))
    query = await asked(sandbox, "inline_query")
    assert (query["query"], query["offset"], query["chat_type"]) == ("my film", "20", "sender")
    assert query["from"]["id"] == alice.id
    button = {"text": "All films", "start_parameter": "films"}
    results = [article("1", description="First"), article("2")]
    answer = {"results": results, "next_offset": "40", "button": button}
    await sandbox.ok("answerInlineQuery", inline_query_id=query["id"], **answer)
    shown = await asking
    assert shown["results"][0] == {"id": "1", "type": "article", "title": "Look", "description": "First"}
    assert (shown["query_id"], shown["next_offset"], shown["button"]) == (query["id"], "40", button)


async def test_a_result_comes_to_somebody_else_by_way_of_the_bot_which_hears_nothing(
    sandbox: Sandbox, alice: Person
) -> None:
    photo = (await sandbox.ok("sendPhoto", chat_id=alice.id, photo=("a.jpg", jpeg())))["photo"][-1]["file_id"]
    bob = await sandbox.person("Bob")
    cached = {"type": "photo", "id": "p", "photo_file_id": photo, "caption": "Look, *Bob*", "parse_mode": "Markdown"}
    shown = await results_of(sandbox, alice, [cached])
    assert shown["results"][0]["thumb_url"].startswith("/control/files/")
    await alice.picks(shown["query_id"], "p", bob)
    [message] = (await bob.chat())["messages"]
    assert (message["from"]["id"], message["via_bot"]["id"]) == (alice.id, BOT_ID)
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("Look, Bob", "bold")
    assert message["photo"][-1]["file_id"] == photo
    assert await sandbox.updates() == []


async def test_a_chat_in_which_only_others_wrote_is_unknown_to_the_bot(sandbox: Sandbox, alice: Person) -> None:
    bob = await sandbox.person("Bob")
    message = await alice.shares(bob, text="Hello t.me/echo_bot?start=ref_1")
    number = message["message_id"]
    assert await sandbox.refusal("sendMessage", chat_id=bob.id, text="a") == "Bad Request: chat not found"
    assert await sandbox.updates() == []
    refused = await sandbox.control("POST", f"{bob.path}/messages", {"text": "a", "reply_to": number}, status=400)
    assert "other people" in refused["error"]
    await bob.writes("/start")
    refusal = await sandbox.refusal("deleteMessage", chat_id=bob.id, message_id=number)
    assert refusal == "Bad Request: message to delete not found"


async def test_a_result_for_oneself_is_a_message_to_the_bot(sandbox: Sandbox, alice: Person) -> None:
    shown = await results_of(sandbox, alice, [article()])
    await alice.picks(shown["query_id"], "1", alice)
    message = await asked(sandbox, "message")
    assert (message["text"], message["via_bot"]["id"]) == ("Look", BOT_ID)


async def test_buttons_below_a_result_work_by_its_inline_message_id(sandbox: Sandbox, alice: Person) -> None:
    bob = await sandbox.person("Bob")
    shown = await results_of(sandbox, alice, [article(reply_markup=buttons({"Like": "like"}))])
    message = await alice.picks(shown["query_id"], "1", bob)
    query_id = await bob.taps(message["message_id"], "like")
    await sandbox.restart()
    query = await asked(sandbox, "callback_query")
    assert (query["id"], query["from"]["id"], "message" in query) == (query_id, bob.id, False)
    edit = {"inline_message_id": query["inline_message_id"], "text": "Liked"}
    assert await sandbox.ok("editMessageText", **edit) is True
    assert "message is not modified" in await sandbox.refusal("editMessageText", **edit)
    assert [one["text"] for one in (await bob.chat())["messages"]] == ["Liked"]
    await sandbox.ok("answerCallbackQuery", callback_query_id=query_id)
    media = {"type": "photo", "media": "attach://a"}
    refusal = await sandbox.refusal(
        "editMessageMedia", inline_message_id=edit["inline_message_id"], media=media, a=("a.jpg", jpeg())
    )
    assert refusal == "Bad Request: wrong file identifier/HTTP URL specified"


async def test_the_choice_is_told_only_where_the_owner_wants_to_know(sandbox: Sandbox, alice: Person) -> None:
    shown = await results_of(sandbox, alice, [article(), article("2", reply_markup=buttons({"Like": "like"}))])
    bob = await sandbox.person("Bob")
    await sandbox.control("PATCH", f"bots/{BOT_ID}", {"inline_feedback": True})
    await alice.picks(shown["query_id"], "1", bob)
    chosen = await asked(sandbox, "chosen_inline_result")
    assert (chosen["result_id"], chosen["query"], chosen["from"]["id"]) == ("1", "film", alice.id)
    assert "inline_message_id" not in chosen
    await alice.picks(shown["query_id"], "2", bob)
    assert (await asked(sandbox, "chosen_inline_result"))["inline_message_id"]


async def test_answers_are_cached_for_everybody_unless_they_are_personal(sandbox: Sandbox, alice: Person) -> None:
    bob = await sandbox.person("Bob")
    await results_of(sandbox, alice, [article()], is_personal=True, cache_time=60)
    assert (await alice.asks("film"))["results"][0]["id"] == "1"
    await results_of(sandbox, bob, [article("for all")], cache_time=60)
    carol = await sandbox.person("Carol")
    again = await carol.asks("film")
    assert [one["id"] for one in again["results"]] == ["for all"]
    assert (await carol.picks(again["query_id"], "for all", bob))["text"] == "Look"
    sandbox.clock.ahead = 61
    await results_of(sandbox, carol, [], cache_time=0)
    assert (await results_of(sandbox, carol, []))["results"] == []


async def test_files_come_by_address_or_file_id(sandbox: Sandbox, alice: Person) -> None:
    clip = (await sandbox.ok("sendVideo", chat_id=alice.id, video=("v.mp4", mp4())))["video"]["file_id"]
    async with Receiver() as receiver:
        receiver.answers_get("/a.jpg", jpeg())
        receiver.answers_get("/v.mp4", mp4())
        photo, video = receiver.at("/a.jpg"), receiver.at("/v.mp4")
        results = [
            {"type": "photo", "id": "1", "photo_url": photo, "thumbnail_url": photo},
            {"type": "video", "id": "2", "video_file_id": clip, "title": "A clip"},
            {"type": "mpeg4_gif", "id": "3", "mpeg4_url": video, "thumbnail_url": photo, "caption": "moves"},
            article("4", thumbnail_url=photo),
            article("5", thumbnail_url="https://example.org/a.jpg"),
        ]
        shown = await results_of(sandbox, alice, results)
    assert ["thumb_url" in one for one in shown["results"]] == [True, True, True, True, False]
    for number, kind in enumerate(("photo", "video", "animation"), 1):
        assert kind in await alice.picks(shown["query_id"], str(number), alice)


WRONG_ANSWERS: list[tuple[Json, str]] = [
    ({"results": [article(str(number)) for number in range(51)]}, "RESULTS_TOO_MUCH"),
    ({"results": [article("")]}, "RESULT_ID_EMPTY"),
    ({"results": [article("é" * 33)]}, "RESULT_ID_INVALID"),
    ({"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
    ({"results": [], "next_offset": "é" * 33}, "NEXT_OFFSET_INVALID"),
    ({"results": [], "button": {"text": "All", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
    ({"results": [], "button": {"text": "All"}}, "exactly one of the optional fields must be used"),
    ({"results": [article(input_message_content={"message_text": ""})]}, "message text is empty"),
    ({"results": [article(input_message_content={"message_text": "<b>", "parse_mode": "HTML"})]}, "can't parse entit"),
    ({"results": [{"type": "video", "id": "1", "title": "a", "video_file_id": "x"}]}, "wrong file identifier"),
    ({"results": [{"type": "article", "id": "1", "title": "a"}]}, 'Can\'t find field "input_message_content"'),
    ({"results": [{"type": "game", "id": "1", "game_short_name": "a"}]}, "no inline results of type game" + ONLY_HERE),
    ({"results": [article(reply_markup=buttons({"a": "x" * 65}))]}, "BUTTON_DATA_INVALID"),
]


@pytest.mark.parametrize(("answer", "complaint"), WRONG_ANSWERS)
async def test_a_wrong_answer_is_refused(sandbox: Sandbox, alice: Person, answer: Json, complaint: str) -> None:
    asking = asyncio.ensure_future(alice.asks("film"))
    query = await asked(sandbox, "inline_query")
    assert complaint in await sandbox.refusal("answerInlineQuery", inline_query_id=query["id"], **answer)
    await sandbox.ok("answerInlineQuery", inline_query_id=query["id"], results=[])
    await asking


async def test_an_answer_comes_in_time_and_once(sandbox: Sandbox, alice: Person) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    shown = await results_of(sandbox, alice, [article()])
    assert await sandbox.refusal("answerInlineQuery", inline_query_id=shown["query_id"], results=[]) == too_old
    silence = await sandbox.control("POST", f"{alice.path}/inline", {"query": "other", "seconds": 0.01}, status=504)
    assert silence == {"error": "the bot did not answer"}
    query = (await sandbox.updates(confirm=False))[0]["inline_query"]
    sandbox.clock.ahead = 31
    assert await sandbox.refusal("answerInlineQuery", inline_query_id=query["id"], results=[]) == too_old
    assert await sandbox.updates() == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("inline", {"query": "a" * 257}, 400),
        ("inline", {"query": "a", "chat_type": "nowhere"}, 400),
        ("inline/send", {"query_id": "1", "result_id": "1", "to": 7}, 404),
        ("share", {"to": 7, "text": "a"}, 404),
    ],
)
async def test_what_cannot_be_shared(sandbox: Sandbox, alice: Person, path: str, body: Json, status: int) -> None:
    await sandbox.control("POST", f"{alice.path}/{path}", body, status=status)


async def test_what_cannot_be_sent_on(sandbox: Sandbox, alice: Person) -> None:
    secret = await sandbox.ok("sendMessage", chat_id=alice.id, text="secret", protect_content=True)
    for body in ({"message_id": secret["message_id"]}, {"message_id": 999}, {"text": " "}, {}):
        await sandbox.control("POST", f"{alice.path}/share", {"to": alice.id} | body, status=400)
    choice = {"query_id": "1", "result_id": "1", "to": alice.id}
    await sandbox.control("POST", f"{alice.path}/inline/send", choice, status=400)
    await sandbox.control("PATCH", f"bots/{BOT_ID}", {"inline": False})
    assert (await sandbox.ok("getMe"))["supports_inline_queries"] is False
    await sandbox.control("POST", f"{alice.path}/inline", {"query": "a"}, status=400)


async def test_a_message_sent_on_to_the_bot_says_where_it_is_from(sandbox: Sandbox, alice: Person) -> None:
    card = await sandbox.ok("sendMessage", chat_id=alice.id, text="card", reply_markup=buttons({"x": "x"}))
    await alice.shares(alice, message_id=card["message_id"])
    message = await asked(sandbox, "message")
    assert message["forward_origin"]["sender_user"]["id"] == BOT_ID
    assert "reply_markup" not in message
