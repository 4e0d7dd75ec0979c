from __future__ import annotations

import aiohttp
import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetFile, SendMessage, SendPhoto
from yarl import URL

from handlers.fetching import MAX_BYTES
from services.dialogue import Expectation, expectation
from tests.conversation.telegram import TOKEN
from tests.handlers.chat import PHOTO, Chat
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE

DOCUMENT = {
    "file_id": "doc",
    "file_unique_id": "d",
    "file_name": "me.jpg",
    "mime_type": "image/jpeg",
    "file_size": 9000,
}


@pytest.fixture(autouse=True)
def a_photograph(chat: Chat) -> None:
    chat.telegram.file = [jpeg()]


async def test_a_photo_becomes_a_card_with_its_caption_as_prompt(chat: Chat) -> None:
    await chat.sends(photo=PHOTO, caption="snow & rain")
    assert "snow &amp; rain" in chat.last
    assert chat.telegram.sent(GetFile)[0].file_id == "large"
    assert len(chat.telegram.sent(SendPhoto)) == 1


async def test_the_next_text_is_its_prompt(chat: Chat) -> None:
    await chat.sends(photo=PHOTO)
    user = await chat.user()
    assert expectation(user) == Expectation("draft_prompt", 1)


async def test_a_file_that_is_a_picture_is_a_photo_too(chat: Chat) -> None:
    await chat.sends(document=DOCUMENT)
    assert len(chat.telegram.sent(SendPhoto)) == 1


async def test_a_picture_is_known_by_its_name_when_its_type_is_not_told(chat: Chat) -> None:
    await chat.sends(document={**DOCUMENT, "mime_type": "application/octet-stream", "file_name": "ME.JPG"})
    assert len(chat.telegram.sent(SendPhoto)) == 1


async def test_another_file_is_answered_with_what_can_be_sent(chat: Chat) -> None:
    await chat.sends(document={**DOCUMENT, "mime_type": "application/pdf", "file_name": "tax.pdf"})
    assert "JPG, PNG or WebP" in chat.last
    assert chat.telegram.sent(GetFile) == []


async def test_the_same_update_again_makes_no_second_draft(chat: Chat) -> None:
    for _ in range(2):
        await chat.sends(photo=PHOTO, message_id=77)
    assert await rows(chat.shop.db, "SELECT count(*) FROM drafts") == [(1,)]
    assert len(chat.telegram.sent(SendPhoto)) == 1


async def test_an_album_waits_for_all_its_photos(chat: Chat) -> None:
    await chat.sends(photo=PHOTO, media_group_id="g", caption="dust")
    await chat.sends(photo=PHOTO, media_group_id="g")
    assert chat.telegram.sent(SendPhoto) == []
    assert await rows(chat.shop.db, "SELECT prompt FROM drafts") == [("dust",), ("dust",)]
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert "2 photos" in chat.last


async def test_a_caption_that_is_too_long_costs_only_the_caption(chat: Chat) -> None:
    await chat.sends(photo=PHOTO, caption="x" * 1000)
    said, card = chat.heard
    assert "too long" in said
    assert "Write me what should happen" in card


async def test_a_damaged_photo_is_refused_in_answer_to_it(chat: Chat) -> None:
    chat.telegram.file = [jpeg()[:3000]]
    number = await chat.sends(document=DOCUMENT)
    (refusal,) = chat.telegram.sent(SendMessage)
    assert "damaged" in refusal.text
    assert refusal.reply_parameters.message_id == number
    assert await rows(chat.shop.db, "SELECT count(*) FROM drafts") == [(0,)]


async def test_a_file_declared_too_large_is_not_even_fetched(chat: Chat) -> None:
    await chat.sends(document={**DOCUMENT, "file_size": MAX_BYTES + 1})
    assert "20 MB" in chat.last
    assert chat.telegram.sent(GetFile) == []


async def test_a_file_telegram_calls_too_big_is_said_to_be(chat: Chat) -> None:
    chat.telegram.refuse(GetFile, 400, "Bad Request: file is too big")
    await chat.sends(document=DOCUMENT)
    assert "20 MB" in chat.last


async def test_a_file_larger_than_declared_is_dropped_on_the_way(chat: Chat) -> None:
    chat.telegram.file = [b"\xff" * 2**20] * 21
    await chat.sends(document=DOCUMENT)
    assert "20 MB" in chat.last


def failures() -> list[Exception]:
    url = URL(f"http://127.0.0.1/file/bot{TOKEN}/photos/1.jpg")
    request = aiohttp.RequestInfo(url, "GET", None, url)  # type: ignore[arg-type]  # headers are of no matter here
    return [
        aiohttp.ClientResponseError(request, (), status=404, message="Not Found"),
        aiohttp.ClientPayloadError(f"cut off: {url}"),
        TimeoutError(str(url)),
        TelegramNetworkError(method=GetFile(file_id="x"), message=str(url)),
    ]


@pytest.mark.parametrize("failure", failures(), ids=lambda one: type(one).__name__)
async def test_a_download_that_fails_is_said_without_a_trace_of_the_token(
    chat: Chat, failure: Exception, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    chat.telegram.file = [failure]
    await chat.sends(photo=PHOTO)
    assert "couldn't fetch that photo" in chat.last
    secret = TOKEN.split(":")[1]
    everything = [*chat.heard, *capfd.readouterr(), caplog.text]
    assert not [text for text in everything if secret in text]
    assert await rows(chat.shop.db, "SELECT count(*) FROM drafts") == [(0,)]
