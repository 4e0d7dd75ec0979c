"""Sharing: what its owner is shown, what is sent on, and what somebody with the link sees."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from aiogram.types import (
    InlineKeyboardButton,
    InlineQueryResultArticle,
    InlineQueryResultCachedVideo,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from conversation import callbacks
from conversation.share_views import (
    not_shared_view,
    opening_view,
    played_view,
    share_link,
    share_view,
    shared_results,
    stopped_view,
    token_in,
)
from conversation.view import View
from services.sharing import SharedProject, ShareFacts
from storage.tables import Film, Share
from tests.conversation.scenes import HOSTILE, NOW, project, take, user
from tests.conversation.shown import assert_fits, data, labels, seen

TOKEN = "a-token-of-22-letters_"
LINK = f"https://t.me/EchoesBot?start=p_{TOKEN}"
ADDRESS = f"https://echoes.example/p/{TOKEN}"
SHARE = Share(id=1, token=TOKEN, project_id=2, user_id=1, created_at=NOW)
FACTS = ShareFacts(SHARE, project(name="Summer"), newcomers=3, earned=5, each=2, address=ADDRESS)
NEW = replace(FACTS, newcomers=0, earned=0)
SHOWN = SharedProject(SHARE, project(name="Summer"), user(first_name="Anna"), [take(), take(id=6)], {}, None, ADDRESS)
JOINED = replace(SHOWN, film=Film(id=1, project_id=2, number=1, video_file_id="film-1"))


@pytest.fixture(autouse=True)
def spoken(english: None) -> None:
    """Where a test says no language, it is English."""


def test_the_link_is_a_deep_link_that_telegram_takes() -> None:
    assert share_link("EchoesBot", TOKEN) == LINK
    assert len(f"p_{TOKEN}") <= 64


@pytest.mark.parametrize(
    ("asked", "token"), [(f"p_{TOKEN}", TOKEN), (f" p_{TOKEN} ", TOKEN), ("", None), ("invite", None), (TOKEN, None)]
)
def test_what_is_asked_names_a_project_or_none(asked: str, token: str | None) -> None:
    assert token_in(asked) == token


@pytest.mark.parametrize("inline", [True, False])
def test_the_card_can_be_shown_in_every_language(language: str, inline: bool) -> None:
    for one in (FACTS, NEW, replace(FACTS, newcomers=1, earned=0), replace(NEW, each=0, address=None)):
        shown = share_view(one, LINK, inline=inline)
        assert_fits(shown, caption=True)
        assert LINK in seen(shown.text)
    assert_fits(stopped_view(FACTS.project), caption=True)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_people_and_projects_are_called_it_fits(language: str, name: str) -> None:
    called = project(name=name or None)
    assert_fits(share_view(replace(FACTS, project=called), LINK, inline=False), caption=True)
    theirs = replace(SHOWN, project=called, sharer=user(first_name=name))
    assert_fits(opening_view(theirs), caption=False)
    for result in shared_results(replace(theirs, film=JOINED.film), LINK):
        assert_fits(message_of(result), caption=True)


def test_what_came_of_it_is_counted_and_before_that_promised() -> None:
    assert "3 new people came by it. You got 5 credits for that." in seen(share_view(FACTS, LINK, inline=True).text)
    assert "You get 2 credits for each new person" in seen(share_view(NEW, LINK, inline=True).text)
    assert "credit" not in seen(share_view(replace(NEW, each=0), LINK, inline=True).text)


def test_without_an_address_of_its_own_the_bot_s_link_is_all_there_is() -> None:
    shown = share_view(replace(FACTS, address=None), LINK, inline=True)
    assert "Anywhere" not in seen(shown.text)
    assert copied(shown) == LINK
    assert copied(share_view(FACTS, LINK, inline=True)) == ADDRESS
    assert not any(one.url for one in keys(played_view(replace(SHOWN, address=None))))


def test_it_is_sent_on_by_asking_the_bot_about_that_project() -> None:
    chosen = keys(share_view(FACTS, LINK, inline=True))[0].switch_inline_query_chosen_chat
    assert chosen is not None
    assert token_in(chosen.query or "") == TOKEN
    address = urlsplit(keys(share_view(FACTS, LINK, inline=False))[0].url or "")
    assert (address.netloc, address.path, parse_qs(address.query)["url"]) == ("t.me", "/share/url", [LINK])


def test_sharing_can_be_stopped_and_begun_anew() -> None:
    assert callbacks.StopSharing(project=2).pack() in data(share_view(FACTS, LINK, inline=True))
    assert callbacks.ShareProject(project=2).pack() in data(stopped_view(FACTS.project))


def test_who_has_the_link_reads_whose_it_is_and_what_comes() -> None:
    assert seen(opening_view(SHOWN).text) == "🎞 Summer\nby Anna · 2 clips · 10 s"
    assert labels(played_view(SHOWN)) == ["🎬 Make your own", "▶️ Watch in the player"]


def test_a_link_that_leads_nowhere_is_answered_kindly(language: str) -> None:
    assert_fits(not_shared_view(), caption=False)


def test_a_film_is_offered_itself_and_a_project_without_one_as_a_link() -> None:
    (article,) = shared_results(SHOWN, LINK)
    video, same = shared_results(JOINED, LINK)

    assert isinstance(video, InlineQueryResultCachedVideo)
    assert video.video_file_id == "film-1"
    for one in (article, same):
        assert isinstance(one, InlineQueryResultArticle)
        assert [key.url for key in keys(message_of(one))] == [LINK, ADDRESS]
        content = one.input_message_content
        assert isinstance(content, InputTextMessageContent)
        assert isinstance(content.link_preview_options, LinkPreviewOptions)
        assert content.link_preview_options.url == ADDRESS


def message_of(result: object) -> View:
    """What somebody gets who is sent a result."""
    if isinstance(result, InlineQueryResultCachedVideo):
        return View(result.caption or "", result.reply_markup)
    assert isinstance(result, InlineQueryResultArticle)
    assert isinstance(result.input_message_content, InputTextMessageContent)
    return View(result.input_message_content.message_text, result.reply_markup)


def keys(view: View) -> list[InlineKeyboardButton]:
    assert view.keyboard is not None
    return [one for row in view.keyboard.inline_keyboard for one in row]


def copied(view: View) -> str:
    return next(one.copy_text.text for one in keys(view) if one.copy_text)
