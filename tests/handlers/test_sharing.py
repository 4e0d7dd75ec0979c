"""Sharing a project, and coming by the link of one."""

from __future__ import annotations

import re

import pytest
from aiogram.methods import EditMessageCaption, EditMessageText, SendMediaGroup, SendPhoto, SendVideo
from aiogram.types import InlineQueryResultArticle

from tests.handlers.chat import Chat, Json
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.films import Joinery, film_of
from tests.support.sharers import project_with

pytestmark = ON_SQLITE


@pytest.fixture
async def project(chat: Chat) -> int:
    """Alice's, with two clips."""
    return await project_with(chat.shop, await chat.user(), clips=2)


async def token_of(chat: Chat, project: int) -> str:
    """She taps Share; the token of the link she gets."""
    await chat.taps(f"ph:{project}")
    found = re.search(r"start=p_([\w-]{22})", chat.last)
    assert found, chat.last
    return found[1]


def under(chat: Chat, caption: str) -> Json:
    """A message with a picture, as the card is."""
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 16, "height": 16}]
    return {"message_id": 70, "date": 1, "chat": chat.place, "photo": photo, "caption": caption}


async def join(chat: Chat, project: int) -> None:
    """A film was made of the project, and sent."""
    made = await film_of(chat.shop, await chat.user(), project)
    await chat.shop.films.sent(made.film.id, message_id=80, file_id="film-1")


@pytest.fixture(autouse=True)
def joinery(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a film looks like is of no interest here."""
    monkeypatch.setattr("media.film.join", Joinery().join)


async def test_nothing_is_shared_before_its_owner_says_so(chat: Chat, project: int) -> None:
    await chat.taps(f"po:{project}")
    assert await rows(chat.shop.db, "SELECT id FROM shares") == []
    assert f"ph:{project}" in chat.telegram.sent(EditMessageText)[-1].reply_markup.model_dump_json()

    token = await token_of(chat, project)

    assert await rows(chat.shop.db, "SELECT token, revoked_at FROM shares") == [(token, None)]
    (card,) = chat.telegram.sent(SendPhoto)
    assert f"https://echoes.example/p/{token}" in card.caption


async def test_an_empty_project_is_not_shared(chat: Chat) -> None:
    empty = await chat.services.projects.start((await chat.user()).id)
    assert "nothing in it to share yet" in (await chat.taps(f"ph:{empty.id}"))["text"]
    assert chat.telegram.sent(SendPhoto) == []


async def test_sharing_that_is_stopped_ends_the_link_and_begins_with_another(
    chat: Chat, bobs: Chat, project: int
) -> None:
    token = await token_of(chat, project)
    answer = await chat.taps(f"pz:{project}", message=under(chat, "shared"))
    assert "No longer shared" in answer["text"]
    (edited,) = chat.telegram.sent(EditMessageCaption)
    assert "its link leads nowhere now" in edited.caption

    await bobs.says(f"/start p_{token}")

    assert "isn't shared any more" in bobs.heard[0]
    assert "You have 10 credits." in bobs.last
    assert await token_of(chat, project) != token


async def test_a_newcomer_sees_the_project_and_is_credited_to_who_shared_it(
    chat: Chat, bobs: Chat, project: int
) -> None:
    token = await token_of(chat, project)

    for _ in range(2):
        await bobs.says(f"/start p_{token}")

    assert "by Alice · 2 clips · 10 s" in bobs.heard[0]
    album = bobs.telegram.sent(SendMediaGroup)[0]
    assert [one.media for one in album.media] == ["file-1", "file-2"]
    assert "made from photos" in bobs.last
    assert await rows(chat.shop.db, "SELECT credits FROM share_visits") == [(2,)]
    await chat.taps(f"ph:{project}")
    assert "1 new person came by it. You got 2 credits for that." in chat.last


async def test_captions_go_along_with_the_clips(chat: Chat, bobs: Chat, project: int) -> None:
    await execute(chat.shop.db, "UPDATE clips SET caption = 'The <sea> at last' WHERE position = 2")

    await bobs.says(f"/start p_{await token_of(chat, project)}")
    await chat.taps(f"pp:{project}")

    for seen in (bobs, chat):
        (album,) = seen.telegram.sent(SendMediaGroup)
        assert [one.caption for one in album.media] == [None, "The &lt;sea&gt; at last"]


async def test_who_is_here_already_sees_it_too_and_brings_nothing(chat: Chat, bobs: Chat, project: int) -> None:
    await bobs.says("/start")
    await bobs.says(f"/start p_{await token_of(chat, project)}")
    assert "made from photos" in bobs.last
    assert await rows(chat.shop.db, "SELECT id FROM share_visits") == []


async def test_a_film_that_telegram_has_is_sent_instead_of_clips(chat: Chat, bobs: Chat, project: int) -> None:
    await join(chat, project)
    token = await token_of(chat, project)

    await bobs.says(f"/start p_{token}")
    assert [one.video for one in bobs.telegram.sent(SendVideo)] == ["film-1"]
    assert bobs.telegram.sent(SendMediaGroup) == []

    bobs.telegram.refuse(SendVideo, 400, "Bad Request: wrong file identifier")
    await bobs.says(f"/start p_{token}")
    assert len(bobs.telegram.sent(SendMediaGroup)) == 1


async def test_a_film_with_a_clip_that_was_taken_out_since_is_not_shown(chat: Chat, bobs: Chat, project: int) -> None:
    await join(chat, project)
    token = await token_of(chat, project)
    await execute(chat.shop.db, "DELETE FROM clips WHERE position = 2")

    await bobs.says(f"/start p_{token}")

    assert [one.video for one in bobs.telegram.sent(SendVideo)] == ["file-1"]


async def test_one_s_own_link_leads_to_the_project(chat: Chat, project: int) -> None:
    await chat.says(f"/start p_{await token_of(chat, project)}")
    assert "Approved clips go here." in chat.last
    assert chat.telegram.sent(SendMediaGroup) == []


@pytest.mark.parametrize("payload", ["p_", "p_x", "p_" + "x" * 62])
async def test_a_link_that_never_was_is_answered_in_one_kind_sentence(chat: Chat, payload: str) -> None:
    await chat.says("/start")
    before = len(chat.heard)
    await chat.says(f"/start {payload}")
    assert len(chat.heard) == before + 1
    assert "isn't shared any more" in chat.last


async def test_asked_about_one_s_own_project_from_another_chat_it_is_offered(
    chat: Chat, bobs: Chat, project: int
) -> None:
    token = await token_of(chat, project)
    await bobs.says("/start")

    (offered,) = (await chat.asks(f"p_{token}")).results
    assert isinstance(offered, InlineQueryResultArticle)
    assert offered.id == "link"
    for asked in ((await bobs.asks(f"p_{token}")), (await chat.asks("p_another"))):
        assert [one.id for one in asked.results] == ["invitation"]

    await join(chat, project)
    assert [one.id for one in (await chat.asks(f"p_{token}")).results] == ["film", "link"]
    await chat.taps(f"pz:{project}")
    assert [one.id for one in (await chat.asks(f"p_{token}")).results] == ["invitation"]


async def test_nobody_shares_what_is_another_s(chat: Chat, bobs: Chat, project: int) -> None:
    await bobs.says("/start")
    for tap in (f"ph:{project}", f"pz:{project}"):
        assert "isn't yours" in (await bobs.taps(tap))["text"]
    assert await rows(chat.shop.db, "SELECT id FROM shares") == []
