from __future__ import annotations

from datetime import timedelta
from typing import Any

from conversation import callbacks
from conversation.admin.job_views import dead_letter_view, jobs_view, retried_view, retry_question
from providers.base import FailureReason
from services.jobs.dead import DeadLetter, Overview
from services.jobs.health import Condition
from tests.conversation.scenes import BIG, HOSTILE, NOW, job, user
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of

VENDORS = [
    Condition("runway", 7, 2, NOW + timedelta(days=36_500), "unavailable"),
    Condition("runpod", 1, 0, None, "bad_result"),
    Condition("modal", 0, 0, None, None),
]


def letter(prompt: str = "snow", name: str = "Alice", **facts: Any) -> DeadLetter:
    given = {"params": {"prompt": prompt}, "failure_reason": "bad_result", "finished_at": NOW, "provider": "local"}
    more = {"tried": ["runway"], "external_id": None}
    return DeadLetter(job(**{**given, **more, **facts}), user(first_name=name))


def test_the_state_of_the_work_fits_in_every_language(language: str) -> None:
    counts = dict.fromkeys(
        ("queued", "submitting", "running", "storing", "unknown", "succeeded", "failed", "cancelled"), 10**9
    )
    overview = Overview(counts, 10.0**7, VENDORS, 99)
    for name in HOSTILE:
        letters = [letter(name=name, id=BIG, failure_reason=why) for why in list(FailureReason)[:5]]
        assert_fits(jobs_view(overview, letters, 1), caption=False)
    assert_fits(jobs_view(Overview({}, None, [], 0), [], 0), caption=False)


def test_it_says_how_many_who_is_ill_and_what_failed(english: None) -> None:
    view = jobs_view(Overview({"queued": 3, "failed": 1}, 125.0, VENDORS, 1), [letter()], 0)
    text = seen(view.text)
    assert "waiting: 3" in text
    assert "the oldest waits for 2 minutes" in text
    assert "Runway: left alone until" in text
    assert "RunPod: failed 1 time in a row, bad_result" in text
    assert "Modal: works" in text
    assert "#3" in text
    assert data(view) == ["wk:3", "az:menu:0"]


def test_a_dead_letter_says_what_went_wrong_where(language: str) -> None:
    for words in HOSTILE:
        assert_fits(dead_letter_view(letter(words, words, external_id="<b>" * 60)), caption=False)
    assert "Runway → Echoes" in seen(dead_letter_view(letter()).text)


def test_a_retry_is_asked_twice(english: None) -> None:
    first = callbacks.AdminRetry.unpack(tap_of(dead_letter_view(letter()), "Retry"))
    question = retry_question(letter())
    second = callbacks.AdminRetry.unpack(tap_of(question, "Yes"))
    assert (first.sure, second.sure) == (False, True)
    assert "The house pays 2 credits" in seen(question.text)
    assert labels(retried_view(job(id=9))) == ["‹ All jobs"]


def test_a_film_costs_the_house_nothing(language: str) -> None:
    film = letter(price=0, params={})
    assert_fits(dead_letter_view(film), caption=False)
    assert "🎬" in seen(dead_letter_view(film).text)
    assert not any(figure in seen(retry_question(film).text) for figure in "0123456789")
