"""Cards and messages of films: they fit in every language, and say what can be done next."""

from __future__ import annotations

from typing import Any

import pytest

from conversation.film_views import film_card_view, film_failed_view, film_offer_view, film_view
from conversation.videos import link_view
from conversation.view import View
from providers.base import FailureReason
from services.films.films import FilmOffer, FilmView
from services.films.options import HEIGHTS, TRANSITIONS, FilmOptions
from services.jobs import states
from storage.tables import Film, Project
from tests.conversation.scenes import BIG, HOSTILE, project, work
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of

FULL = FilmOptions(720, music=True, transition="cross", title=True)


def offer(of: Project | None = None, *, known: Film | None = None, has_music: bool = True) -> FilmOffer:
    return FilmOffer(of or project(name="Summer"), 3, 15.0, has_music, FULL, known)


def film(state: str = states.RUNNING, *, of: Project | None = None, **facts: Any) -> FilmView:
    made = Film(id=BIG, user_id=1, video_key="v" if state == states.SUCCEEDED else None, seconds=12.4, width=1280)
    return FilmView(made, of or project(name="Summer"), work(state, **facts), FULL)


@pytest.mark.parametrize("name", [name[:64] for name in HOSTILE], ids=range(len(HOSTILE)))
def test_films_of_projects_of_any_name_can_be_shown(language: str, name: str) -> None:
    named = project(id=BIG, name=name or None)
    assert_fits(film_offer_view(offer(named)), caption=False)
    for state in (states.QUEUED, states.RUNNING, states.STORING, states.SUCCEEDED, states.FAILED, states.CANCELLED):
        assert_fits(film_card_view(film(state, of=named)), caption=False)
    assert_fits(film_view(film(states.SUCCEEDED, of=named)), caption=True)


@pytest.mark.parametrize("reason", [*FailureReason, None, "of a newer version"])
def test_every_reason_can_be_told_and_none_speaks_of_photos(language: str, reason: str | None) -> None:
    failed = film(states.FAILED, failure_reason=reason)
    for view in (film_failed_view(failed), film_card_view(failed)):
        assert_fits(view, caption=False)
        assert "photo" not in seen(view.text)


def test_what_is_chosen_is_marked_and_all_else_is_a_tap_away(english: None) -> None:
    shown = labels(film_offer_view(offer()))
    assert [label for label in shown if label.startswith("✓ ")] == [
        "✓ 720p",
        "✓ Cross-fade",
        "✓ 🎵 With music",
        "✓ 🏷 Name first",
    ]
    assert len(shown) == len(HEIGHTS) + len(TRANSITIONS) + 2 + 2 + 2
    assert tap_of(film_offer_view(offer()), "Make the film") == "fm:2:720:cross:1:1"
    assert tap_of(film_offer_view(offer()), "Without") == "fc:2:720:cross:0:1"


def test_without_music_or_a_name_there_is_nothing_to_choose_about_them(english: None) -> None:
    shown = labels(film_offer_view(offer(project(), has_music=False)))
    assert not any("music" in label or "Name" in label for label in shown)


def test_a_film_that_is_there_is_offered_to_be_sent_and_one_in_the_making_to_be_looked_at(english: None) -> None:
    assert "🎬 Send it again" in labels(film_offer_view(offer(known=Film(video_key="v"))))
    assert "🎬 See how it goes" in labels(film_offer_view(offer(known=Film(video_key=None))))


def test_the_card_shows_how_the_making_goes_and_can_stop_it(english: None) -> None:
    running = film_card_view(film(progress=0.42, seconds_left=31.0))
    assert "42 %" in running.text
    assert "about 30 s left" in running.text
    assert data(running) == [f"fx:{BIG}"]
    assert film_card_view(film(cancelling=True)).keyboard is None
    assert "checking the film" in film_card_view(film(states.STORING)).text
    assert tap_of(film_card_view(film(states.CANCELLED)), "Try again") == "fc:2:720:cross:1:1"


def test_a_link_says_how_long_it_lives_and_keeps_the_other_buttons(language: str) -> None:
    video = film_view(film(states.SUCCEEDED))
    linked = link_view(video, size_bytes=63_400_000, url="https://echoes.example/media/f.mp4", anew=None)
    assert_fits(linked, caption=False)
    assert "63" in linked.text
    assert "24" in linked.text
    assert labels(linked)[1:] == labels(video)
    assert isinstance(linked, View)
