"""Editing in the chat: one message that changes, buttons that do a thing once and say when its time is past."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import EditMessageCaption, EditMessageMedia, SendMediaGroup, SendMessage, SendPhoto
from aiogram.types import InputMediaPhoto, InputMediaVideo

from tests.handlers.chat import Chat
from tests.support.database import ON_SQLITE, rows

pytestmark = ON_SQLITE


@pytest.fixture(autouse=True)
async def clips(chat: Chat) -> list[int]:
    """Three approved clips in project 1, of drafts 1, 2 and 3."""
    user = await chat.user()
    return [(await chat.stage.approved(user)).id for _ in range(3)]


async def places(chat: Chat, project: int = 1) -> list[tuple[int, ...]]:
    query = "SELECT draft_id, take_id FROM clips WHERE project_id = :its ORDER BY position"
    return await rows(chat.shop.db, query, its=project)


def pictured(chat: Chat, message_id: int = 60) -> dict[str, Any]:
    picture = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 60}]
    return {"message_id": message_id, "date": 1, "chat": chat.place, "photo": picture}


async def test_the_clips_of_a_project_come_as_one_numbered_picture(chat: Chat) -> None:
    await chat.taps("ea:1:0")

    sent = chat.telegram.sent(SendPhoto)[-1]
    assert "Project 1" in sent.caption
    assert "3 clips" in sent.caption
    assert '"eo:1:3"' in sent.reply_markup.model_dump_json()


async def test_a_clip_shows_itself_in_the_same_message_and_goes_back_to_all(chat: Chat) -> None:
    await chat.taps("eo:1:2", message=pictured(chat))
    await chat.taps("ea:1:0", message=pictured(chat))

    one, everything = chat.telegram.sent(EditMessageMedia)
    assert (one.message_id, everything.message_id) == (60, 60)
    assert isinstance(one.media, InputMediaVideo)
    assert "clip 2 of 3" in (one.media.caption or "")
    assert isinstance(everything.media, InputMediaPhoto)


async def test_two_taps_on_a_move_move_once(chat: Chat) -> None:
    answer = await chat.taps("em:1:3:3:2", message=pictured(chat))
    again = await chat.taps("em:1:3:3:2", message=pictured(chat))

    assert answer["text"] == "✓ Clips 3 and 2 have changed places."
    assert "already done" in again["text"]
    assert [draft for draft, _ in await places(chat)] == [1, 3, 2]
    assert "clip 2 of 3" in chat.telegram.sent(EditMessageMedia)[-1].media.caption
    assert "clip 2" in chat.telegram.shown(1003)


async def test_the_messages_of_the_clips_it_passed_say_where_they_stand_now(chat: Chat) -> None:
    answer = await chat.taps("em:1:3:3:1", message=pictured(chat))

    assert answer["text"] == "✓ Clip 3 is clip 1 now; 1 to 2 are one place later."
    for message, place in ((1003, 1), (1001, 2), (1002, 3)):
        assert f"clip {place}" in chat.telegram.shown(message)


async def test_after_a_long_way_only_the_moved_clip_s_message_is_brought_up_to_date(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.editing.RENUMBERED", 2)
    answer = await chat.taps("em:1:1:1:3", message=pictured(chat))

    assert answer["text"] == "✓ Clip 1 is clip 3 now; 2 to 3 are one place earlier."
    assert [edited.message_id for edited in chat.telegram.sent(EditMessageCaption)] == [1001]


async def test_a_clip_is_sent_to_any_place(chat: Chat) -> None:
    await chat.taps("ep:1:1:0", message=pictured(chat))
    assert '"em:1:1:1:3"' in chat.telegram.sent(EditMessageMedia)[-1].reply_markup.model_dump_json()

    await chat.taps("em:1:1:1:3", message=pictured(chat))

    assert [draft for draft, _ in await places(chat)] == [2, 3, 1]


async def test_a_clip_that_was_taken_out_can_be_approved_again(chat: Chat, clips: list[int]) -> None:
    answer = await chat.taps("er:1:2", message=pictured(chat))
    assert "out of the project" in answer["text"]
    assert [draft for draft, _ in await places(chat)] == [1, 3]
    assert "✅ Approve" in chat.telegram.buttons(1002)

    for old in ("er:1:2", "eo:1:2", "em:1:2:2:1", "et:1:2", "eu:1:2:2", "en:1:2", "ex:1:2", "eg:1:2", "ep:1:2:0"):
        answer = await chat.taps(old, message=pictured(chat))
        assert answer["text"], old
    assert [draft for draft, _ in await places(chat)] == [1, 3]

    answer = await chat.taps(f"ta:{clips[1]}")
    assert answer["text"] == "✓ Approved into “Project 1”"
    assert [draft for draft, _ in await places(chat)] == [1, 3, 2]


async def test_takes_are_compared_side_by_side_and_one_of_them_is_used(chat: Chat) -> None:
    user = await chat.user()
    other = await chat.shop.take_of(user, await chat.shop.drafts.get(user.id, 2))

    await chat.taps("et:1:2")

    album = chat.telegram.sent(SendMediaGroup)[-1]
    assert [one.caption for one in album.media] == ["Take 1", "Take 2"]
    assert f'"eu:1:2:{other.id}"' in chat.telegram.sent(SendMessage)[-1].reply_markup.model_dump_json()
    for _ in range(2):
        await chat.taps(f"eu:1:2:{other.id}")
    assert await places(chat) == [(1, 1), (2, other.id), (3, 3)]
    assert "✅ Approve" in chat.telegram.buttons(1002)


async def test_a_caption_is_asked_for_written_and_taken_away(chat: Chat) -> None:
    await chat.taps("en:1:2", message=pictured(chat))
    await chat.says("The <sea> at last")
    await chat.taps("eo:1:2", message=pictured(chat))
    assert "The &lt;sea&gt; at last" in chat.telegram.sent(EditMessageMedia)[-1].media.caption

    await chat.says("x")
    await chat.taps("en:1:2", message=pictured(chat))
    await chat.says("x" * 121)
    assert "at most 120" in chat.last
    await chat.taps("ex:1:2", message=pictured(chat))
    assert "sea" not in chat.telegram.sent(EditMessageMedia)[-1].media.caption


async def test_a_new_take_is_made_with_the_card_of_its_photo(chat: Chat) -> None:
    answer = await chat.taps("eg:1:2", message=pictured(chat))

    assert "this very place" in answer["text"]
    assert "Generate" in chat.telegram.sent(SendPhoto)[-1].reply_markup.model_dump_json()


async def test_a_transition_is_chosen_under_the_clips(chat: Chat) -> None:
    await chat.taps("pt:1:fade:0", message=pictured(chat))

    assert "✓ Fade" in chat.telegram.sent(EditMessageMedia)[-1].reply_markup.model_dump_json()
    assert await rows(chat.shop.db, "SELECT transition FROM projects") == [("fade",)]


async def test_a_completed_project_says_where_clips_go_now_and_can_be_opened_again(chat: Chat) -> None:
    for _ in range(2):
        await chat.taps("pd:1")
    assert "🏁 Completed" in chat.last
    assert "starts a new project" in chat.last

    await chat.taps("pr:1")
    assert "Approved clips go here." in chat.last


async def test_a_copy_is_made_once_and_shown_by_itself(chat: Chat) -> None:
    await chat.taps("px:1:2")
    answer = await chat.taps("px:1:2")

    assert "once more" in answer["text"]
    assert await rows(chat.shop.db, "SELECT count(*) FROM projects") == [(2,)]
    assert len(await places(chat, project=2)) == 3
    copy = chat.telegram.sent(SendMessage)[-1]
    assert "Project 2" in copy.text


async def test_a_deleted_project_can_be_had_back_for_a_minute(chat: Chat) -> None:
    await chat.says("/new")
    for _ in range(2):
        await chat.taps("pk:1")
    assert "Project 1</b> is deleted" in chat.last
    assert "Approved clips go to <b>Project 2</b>" in chat.last
    assert "isn't yours" in (await chat.taps("po:1"))["text"]

    for _ in range(2):
        assert "back" in (await chat.taps("pu:1"))["text"]
    assert "3 clips" in chat.last


async def test_nobody_elses_taps_do_anything(chat: Chat, bobs: Chat) -> None:
    before = await places(chat)
    taps = ("ea:1:0", "eo:1:1", "em:1:1:1:2", "ep:1:1:0", "et:1:1", "eu:1:1:1", "en:1:1", "ex:1:1", "eg:1:1", "er:1:1")
    for tap in (*taps, "pd:1", "pr:1", "px:1:2", "pk:1", "pu:1", "pt:1:fade:0"):
        assert "isn't yours" in (await bobs.taps(tap))["text"], tap
    assert await places(chat) == before
    assert bobs.heard == []
