"""Projects, credits, settings and /cancel."""

from __future__ import annotations

import pytest
from aiogram.methods import EditMessageText, SendMediaGroup, SendMessage

from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE


async def test_without_a_project_the_list_says_how_to_get_one(chat: Chat) -> None:
    await chat.says("/projects")
    assert "no project yet" in chat.last


async def test_new_projects_are_numbered_and_current(chat: Chat) -> None:
    await chat.says("/new")
    await chat.says("/new")
    assert "Project 2" in chat.last
    await chat.says("/projects")
    assert "✓ Project 2" in chat.telegram.sent(SendMessage)[-1].reply_markup.model_dump_json()


async def test_the_button_for_a_new_project_does_the_same(chat: Chat) -> None:
    await chat.taps("ps")
    assert "Project 1" in chat.last


async def test_a_project_opens_in_the_message_of_the_list(chat: Chat) -> None:
    await chat.says("/new")
    await chat.taps("po:1")
    assert "no clips yet" in chat.telegram.sent(EditMessageText)[-1].text


async def test_below_a_video_it_opens_in_a_message_of_its_own(chat: Chat) -> None:
    await chat.says("/new")
    video = {"file_id": "v", "file_unique_id": "v", "width": 16, "height": 9, "duration": 5}
    await chat.taps("po:1", message={"message_id": 5, "date": 1, "chat": chat.place, "video": video})
    assert "no clips yet" in chat.telegram.sent(SendMessage)[-1].text


async def test_a_message_that_is_too_old_to_edit_is_answered_with_a_new_one(chat: Chat) -> None:
    await chat.says("/new")
    await chat.taps("po:1", message={"message_id": 5, "date": 0, "chat": chat.place})
    assert "no clips yet" in chat.telegram.sent(SendMessage)[-1].text


async def test_another_project_becomes_the_current_one(chat: Chat) -> None:
    await chat.says("/new")
    await chat.says("/new")
    await chat.taps("pc:1")
    assert "Approved clips go here." in chat.last


async def test_a_project_plays_its_clips_in_order(chat: Chat) -> None:
    user = await chat.user()
    takes = [await chat.stage.approved(user) for _ in range(3)]
    await chat.taps("pp:1")
    (group,) = chat.telegram.sent(SendMediaGroup)
    assert [one.media for one in group.media] == [take.video_file_id for take in takes]


async def test_an_empty_project_says_that_it_is(chat: Chat) -> None:
    await chat.says("/new")
    assert "no clips" in (await chat.taps("pp:1"))["text"]


async def test_nobody_elses_project_opens(chat: Chat, bobs: Chat) -> None:
    await chat.says("/new")
    for tap in ("po:1", "pp:1", "pn:1", "pc:1"):
        assert "isn't yours" in (await bobs.taps(tap))["text"], tap
    assert bobs.heard == []


async def test_credits_show_where_they_came_from(chat: Chat) -> None:
    await chat.says("/credits")
    assert "10 credits" in chat.last
    assert "+10 · welcome gift" in chat.last


async def test_pages_that_are_not_there_are_the_nearest_that_is(chat: Chat) -> None:
    for tap in ("cp:0", "cp:99", "pl:0", "pl:99"):
        assert (await chat.taps(tap))["text"] == "", tap
    assert ["10 credits" in text for text in chat.heard] == [True, True, False, False]


async def test_the_language_changes_at_once_and_stays(chat: Chat) -> None:
    assert (await chat.taps("sl:ru"))["text"] == "✓ Теперь говорим по-русски"
    assert "Настройки" in chat.last
    await chat.says("/help")
    assert "Как это работает" in chat.last


async def test_defaults_are_for_new_drafts(chat: Chat) -> None:
    await chat.taps("sd:10")
    await chat.taps("ss|1:1")
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    assert await rows(chat.shop.db, "SELECT duration_s, shape FROM drafts") == [(10, "1:1")]


async def test_the_shape_can_follow_the_photo_again(chat: Chat) -> None:
    await chat.taps("ss|1:1")
    await chat.taps("ss|photo")
    assert (await chat.user()).default_shape is None


@pytest.mark.parametrize("tap", ["sl:xx", "sd:7"])
async def test_settings_that_are_not_on_offer_change_nothing(chat: Chat, tap: str) -> None:
    assert "no longer on offer" in (await chat.taps(tap))["text"]
    assert (await chat.user()).default_duration_s == 5


async def test_cancel_with_nothing_to_cancel_says_so(chat: Chat) -> None:
    await chat.says("/cancel")
    assert "nothing to cancel" in chat.last


async def test_cancel_forgets_what_the_next_text_would_mean(chat: Chat) -> None:
    await chat.says("/new")
    await chat.taps("pn:1")
    await chat.says("/cancel")
    assert "drafts stay" in chat.last
    await chat.says("Summer")
    assert "photo first" in chat.last


async def test_cancel_asks_before_it_stops_what_is_being_made(chat: Chat) -> None:
    await chat.shop.job_of(await chat.user())
    await chat.says("/cancel")
    assert "1 clip is being made" in chat.last
    assert await chat.shop.balance(await chat.user()) == (8, 2)
    await chat.taps("cx")
    assert "Stopped" in chat.last
    assert await chat.shop.balance(await chat.user()) == (10, 0)


async def test_and_goes_on_when_told_to(chat: Chat) -> None:
    await chat.shop.job_of(await chat.user())
    await chat.taps("ck")
    assert "Going on" in chat.last
    assert await chat.shop.balance(await chat.user()) == (8, 2)


async def test_stopping_stops_only_ones_own(chat: Chat, bobs: Chat) -> None:
    await chat.shop.job_of(await chat.user())
    assert "already done" in (await bobs.taps("cx"))["text"]
    assert await chat.shop.balance(await chat.user()) == (8, 2)
