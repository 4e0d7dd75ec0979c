"""The card of a project's music: every button says what it would set, whatever the names."""

from __future__ import annotations

from typing import Any

import pytest

from conversation.callbacks import music as music_callbacks
from conversation.music_sentences import music_sentence
from conversation.music_views import (
    asks_start_view,
    awaited_view,
    choose_view,
    clock,
    heard_view,
    mood_view,
    music_view,
    offer_view,
)
from conversation.view import View
from media.errors import MusicProblem
from media.music.made import LENGTHS, MOODS
from services.errors import MusicNotUsable
from storage.tables import Soundtrack
from tests.conversation.scenes import HOSTILE, project
from tests.conversation.shown import assert_fits, data, labels, seen


def track(**facts: Any) -> Soundtrack:
    given = {"id": 1, "project_id": 2, "origin": "made", "title": "calm", "audio_key": "k", "seconds": 32.0}
    how = {"loops": True, "start_s": 0.0, "fade_in_s": 0.0, "fade_out_s": 2.0, "volume": 100}
    return Soundtrack(**{**given, **how, **facts})


def wanted(view: View, label: str) -> str:
    return next(data for text, data in zip(labels(view), data(view), strict=True) if label in text)


@pytest.mark.parametrize("name", HOSTILE)
def test_all_of_it_can_be_shown_in_every_language(language: str, name: str) -> None:
    of = project(name=name or None)
    sent = track(origin="sent", title=name[:64] or "x", seconds=599.9, start_s=595.0, loops=False)
    shown = [
        *(choose_view(of, None), choose_view(of, sent), awaited_view(of), asks_start_view(sent)),
        *(music_view(of, sent), music_view(of, track()), offer_view(of, voice=True), offer_view(of, voice=False)),
        *(mood_view(of, mood) for mood in MOODS),
        *(heard_view(of, mood, length) for mood in MOODS for length in LENGTHS),
    ]
    for view in shown:
        assert_fits(view, caption=True)


def test_how_it_is_played_is_said_and_marked(english: None) -> None:
    view = music_view(project(), track(start_s=5.0, fade_in_s=1.0, volume=50))

    text = seen(view.text)
    assert "🌿 Calm · 0:32" in text
    assert "fades in over 1 s" in text
    assert "out over 2 s" in text
    assert "Repeats until the film ends" in text
    assert {"✓ 🔈 50%", "✓ ↗️ 1 s", "✓ ↘️ 2 s", "⏱ from 0:05"} <= set(labels(view))


def test_a_button_carries_what_it_sets_so_that_a_second_tap_changes_nothing(english: None) -> None:
    view = music_view(project(id=2), track(start_s=3.0))

    assert wanted(view, "−5 s") == "us:2:start:0"
    assert wanted(view, "+5 s") == "us:2:start:8"
    assert wanted(view, "🔈 75%") == "us:2:volume:75"
    assert wanted(view, "Play it once") == "us:2:loop:0"
    assert wanted(music_view(project(id=2), track(loops=False)), "Repeat it") == "us:2:loop:1"


def test_it_never_starts_beyond_its_end(english: None) -> None:
    later = wanted(music_view(project(id=2), track(seconds=7.4, start_s=5.0)), "+5 s")
    assert music_callbacks.SetMusic.unpack(later).value == 6


def test_every_length_of_a_mood_can_be_heard_and_used(english: None) -> None:
    view = mood_view(project(id=2), "epic")
    assert data(view)[:4] == ["uh:2:epic:32", "uc:2:epic:32", "uh:2:epic:64", "uc:2:epic:64"]


def test_only_of_a_voice_message_it_is_said_that_its_words_are_not_understood(english: None) -> None:
    assert "listen to words" in offer_view(project(), voice=True).text
    assert "listen to words" not in offer_view(project(), voice=False).text


def test_each_problem_has_a_sentence_of_its_own(language: str) -> None:
    sentences = {music_sentence(MusicNotUsable(problem)) for problem in MusicProblem}
    assert len(sentences) == len(MusicProblem)


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (5.9, "0:05"), (65, "1:05"), (600, "10:00")])
def test_a_moment_is_shown_as_players_do(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown
