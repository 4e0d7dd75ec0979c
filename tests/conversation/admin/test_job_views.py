from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from conversation import callbacks
from conversation.admin.job_page import fail_question, job_view, live_jobs_view, move_question, retry_question
from conversation.admin.job_views import JobsBoard, jobs_view, retried_view
from conversation.admin.vendor_views import vendor_question, vendor_view
from conversation.callbacks.admin_jobs import FailJob, MoveJob, PauseVendor
from providers.base import FailureReason
from services.jobs import states
from services.jobs.dead import DeadLetter, Overview
from services.jobs.health import Condition
from services.jobs.sheets import Sheet, VendorSheet
from services.staff.rights import Actor, Role
from tests.conversation.scenes import BIG, HOSTILE, NOW, job, user
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of

BOSS, SUPPORT = Actor(1, Role.OWNER), Actor(2, Role.SUPPORT)
STATES = ("queued", "submitting", "running", "storing", "unknown", "succeeded", "failed", "cancelled")


def vendor(name: str, *known: Any, **facts: Any) -> VendorSheet:
    """`known`: failures, rests, until when it rests, and its last problem."""
    condition = Condition(name, *known) if known else None
    return VendorSheet(name, **{"active": True, "paused": False, "condition": condition, **_NOTHING, **facts})


_NOTHING: dict[str, Any] = {"waiting": 0, "working": 0}
VENDORS = [
    vendor("runway", 7, 2, NOW + timedelta(days=36_500), "unavailable"),
    vendor("runpod", 1, 0, None, "bad_result"),
    vendor("modal", 0, 0, None, None, working=3, waiting=2),
    vendor("local", active=False),
    vendor("film", paused=True),
]


def sheet(prompt: str = "snow", name: str = "Alice", **facts: Any) -> Sheet:
    given = {"params": {"prompt": prompt}, "failure_reason": "bad_result", "finished_at": NOW, "provider": "local"}
    more = {"tried": ["runway"], "external_id": None, "state": "failed", "cancelling": False, "created_at": NOW}
    made = job(**{**given, **more, **facts})
    live = made.state in states.LIVE
    return Sheet(made, user(first_name=name), 250.0, ["runpod", "modal"] if live else [], can_be_done_over=not live)


def letter(**facts: Any) -> DeadLetter:
    one = sheet(**facts)
    return DeadLetter(one.job, one.user)


def board(*letters: DeadLetter, counts: dict[str, int] | None = None, **facts: Any) -> JobsBoard:
    overview = Overview(counts or {}, 125.0, len(letters))
    given: dict[str, Any] = {"page": 0, "paused": False, "closed": False, "vendors": VENDORS}
    return JobsBoard(overview, letters=list(letters), **{**given, **facts})


def test_the_state_of_the_work_fits_in_every_language(language: str) -> None:
    full = Overview(dict.fromkeys(STATES, 10**9), 10.0**7, 99)
    for name in HOSTILE:
        letters = [letter(name=name, id=BIG, failure_reason=why) for why in list(FailureReason)[:5]]
        shown = dataclasses.replace(board(*letters, page=1, paused=True, closed=True), overview=full)
        assert_fits(jobs_view(shown, BOSS), caption=False)
    assert_fits(jobs_view(JobsBoard(Overview({}, None, 0), [], [], 0, False, False), SUPPORT), caption=False)


def test_it_says_how_many_who_is_ill_and_what_failed(english: None) -> None:
    view = jobs_view(board(letter(), counts={"queued": 3, "failed": 1}), SUPPORT)
    text = seen(view.text)
    assert "waiting: 3" in text
    assert "the oldest waits for 2 minutes" in text
    assert "Runway: left alone until" in text
    assert "RunPod: failed 1 time in a row, bad_result" in text
    assert "Modal: works" in text
    assert "Echoes: not active" in text
    assert "Echoes 🎬: given nothing new" in text
    assert "#3" in text
    assert data(view) == ["wk:3", "wl:0", *(f"wv:{one.name}" for one in VENDORS), "az:menu:0"]


def test_only_who_may_is_offered_to_pause_and_to_close(english: None) -> None:
    assert data(jobs_view(board(), BOSS))[-3:-1] == ["wp:1:0", "wc:look:0:"]
    assert data(jobs_view(board(paused=True), BOSS))[-3] == "wp:0:0"
    assert "Nothing new is begun." in seen(jobs_view(board(paused=True), SUPPORT).text)
    assert "closed to everybody but staff" in seen(jobs_view(board(closed=True), SUPPORT).text)


def test_live_jobs_are_listed_with_who_waits_where_and_how_long(english: None) -> None:
    view = live_jobs_view([sheet(state="running"), sheet(id=4, state="queued", cancelling=True)], 13, 1)
    assert seen(view.text).splitlines()[2:] == [
        "#3 · Alice · Echoes · being made · 4 min",
        "#4 · Alice · Echoes · being cancelled · 4 min",
    ]
    assert data(view) == ["wk:3", "wk:4", "wl:0", "wl:2", "az:jobs:0"]
    assert "none right now" in seen(live_jobs_view([], 0, 0).text)


@pytest.mark.parametrize("state", STATES)
def test_a_job_s_page_and_questions_fit_in_every_language(language: str, state: str) -> None:
    for words in HOSTILE:
        one = sheet(words, words, external_id="<b>" * 60, state=state, id=BIG)
        for view in (job_view(one, BOSS), fail_question(one), move_question(one, "runpod"), retry_question(one)):
            assert_fits(view, caption=False)
    assert "Runway → Echoes" in seen(job_view(sheet(), BOSS).text)


def test_what_can_be_done_to_a_job_depends_on_how_it_stands_and_on_who_looks(english: None) -> None:
    live, dead, done = sheet(state="running"), sheet(), dataclasses.replace(sheet(), can_be_done_over=False)
    assert data(job_view(live, BOSS)) == ["wf:3:0", "wm:3:runpod:0", "wm:3:modal:0", "hp:1:card:0", "az:jobs:0"]
    assert data(job_view(dead, BOSS)) == ["wr:3:0", "hp:1:card:0", "az:jobs:0"]
    assert data(job_view(done, BOSS)) == ["hp:1:card:0", "az:jobs:0"]
    assert data(job_view(live, SUPPORT)) == data(job_view(dead, SUPPORT)) == ["hp:1:card:0", "az:jobs:0"]


def test_a_retry_is_asked_twice(english: None) -> None:
    first = callbacks.AdminRetry.unpack(tap_of(job_view(sheet(), BOSS), "Retry"))
    question = retry_question(sheet())
    second = callbacks.AdminRetry.unpack(tap_of(question, "Yes"))
    assert (first.sure, second.sure) == (False, True)
    assert "The house pays 2 credits" in seen(question.text)
    assert labels(retried_view(job(id=9))) == ["‹ All jobs"]


def test_so_are_ending_and_moving_it(english: None) -> None:
    live = sheet(state="running")
    ended = fail_question(live)
    assert "Alice gets 2 credits back" in seen(ended.text)
    assert FailJob.unpack(tap_of(ended, "Yes")).sure
    moved = move_question(live, "runpod")
    assert "Have RunPod make it for Alice" in seen(moved.text)
    assert MoveJob.unpack(tap_of(moved, "Yes")) == MoveJob(job=3, vendor="runpod", sure=True)


def test_a_film_costs_the_house_nothing(language: str) -> None:
    film = sheet(price=0, params={}, provider="film", tried=[])
    assert_fits(job_view(film, BOSS), caption=False)
    assert "🎬" in seen(job_view(film, BOSS).text)
    for question in (retry_question(film), fail_question(film)):
        assert not any(figure in seen(question.text) for figure in "0123456789")


def test_a_vendor_s_page_and_questions_can_be_read_in_every_language(language: str) -> None:
    for one in VENDORS:
        views = [vendor_view(one, BOSS), *(vendor_question(one, pause=pause) for pause in (True, False))]
        for view in views:
            assert_fits(view, caption=False)


def test_a_vendor_s_page_says_what_it_has_and_offers_a_pause_or_its_end(english: None) -> None:
    *_others, works, _inactive, paused = VENDORS
    assert seen(vendor_view(works, BOSS).text).splitlines()[1:] == ["being made there: 3", "waiting for it: 2"]
    offered = [PauseVendor.unpack(data(vendor_view(one, BOSS))[0]).pause for one in (works, paused)]
    assert offered == [True, False]
    assert data(vendor_view(works, SUPPORT)) == ["az:jobs:0"]
    assert "Deadlines go on" in seen(vendor_question(works, pause=True).text)
