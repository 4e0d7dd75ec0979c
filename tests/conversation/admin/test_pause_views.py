from __future__ import annotations

from conversation.admin.pause_views import (
    ask_words_view,
    close_question,
    closed_news,
    closing_view,
    open_question,
    pause_question,
    paused_news,
)
from conversation.callbacks.admin_jobs import CloseHouse, PauseAll
from conversation.callbacks.fields import mark
from services.live.values import Values
from tests.conversation.scenes import HOSTILE
from tests.conversation.shown import assert_fits, data, seen, tap_of

WORDS = "Back at 3."


def test_they_can_be_read_in_every_language_whatever_was_written(language: str) -> None:
    views = [ask_words_view(), open_question(), closing_view(None)]
    views += [pause_question(number, pause=pause) for number in (0, 1, 5) for pause in (True, False)]
    for words in (*HOSTILE, "🚧" * 3000):
        views += [closing_view(words or "."), close_question(words or ".")]
    for view in views:
        assert_fits(view, caption=False)


def test_the_words_are_shown_as_they_were_written(english: None) -> None:
    assert "Back at 3.\n<b>Sorry!</b>" in seen(close_question("Back at 3.\n<b>Sorry!</b>").text)


def test_a_pause_says_how_many_wait_and_that_deadlines_go_on(english: None) -> None:
    asked, on = pause_question(3, pause=True), pause_question(3, pause=False)
    assert "3 jobs wait." in seen(asked.text)
    assert "Deadlines go on" in seen(asked.text)
    assert "Deadlines go on" not in seen(on.text)
    assert PauseAll.unpack(tap_of(asked, "Yes")) == PauseAll(pause=True, sure=True)
    assert PauseAll.unpack(tap_of(on, "Yes")) == PauseAll(pause=False, sure=True)


def test_closing_and_opening_are_asked_before(english: None) -> None:
    assert data(closing_view(None)) == ["wc:write:0:", "az:jobs:0"]
    assert data(closing_view(WORDS)) == ["wc:open:0:", "wc:write:0:", "az:jobs:0"]
    asked = CloseHouse(step="close", sure=True, mark=mark(WORDS))
    assert CloseHouse.unpack(tap_of(close_question(WORDS), "Yes")) == asked
    assert CloseHouse.unpack(tap_of(open_question(), "Yes")) == CloseHouse(step="open", sure=True)


def test_the_menu_reminds_of_what_stands_still(english: None) -> None:
    assert closed_news(None) is None
    assert "closed" in str(closed_news("Back at 3."))
    assert paused_news(Values()) is None
    assert "Nothing new is begun" in str(paused_news(Values(paused=True, paused_makers=["runway"])))
    assert "Runway, RunPod" in str(paused_news(Values(paused_makers=["runway", "runpod"])))
