from __future__ import annotations

from typing import Any

import pytest

from conversation import callbacks
from conversation.take_message import failed_view, take_view
from providers.base import FailureReason
from tests.conversation.scenes import BIG, HOSTILE, NOW, job, project
from tests.conversation.scenes import take_view as a_take
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of


@pytest.mark.parametrize("prompt", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_prompts_and_names_fit_in_every_state(language: str, prompt: str) -> None:
    assert_fits(take_view(a_take(prompt=prompt), available=10**9), caption=True)
    named = project(id=BIG, name=prompt[:64] or None)
    assert_fits(take_view(a_take(prompt=prompt, id=BIG, into=named, takes=99, number=98)), caption=True)
    assert_fits(take_view(a_take(prompt=prompt, discarded_at=NOW)), caption=True)


def test_a_new_clip_has_a_receipt_and_four_things_to_do(english: None) -> None:
    shown = take_view(a_take(), available=28)
    assert "2 credits, 28 left" in seen(shown.text)
    assert labels(shown) == ["✅ Approve", "🔁 Again", "✏️ Change prompt", "🗑 Discard"]


def test_the_receipt_of_another_day_does_not_say_what_is_left(english: None) -> None:
    assert "left" not in seen(take_view(a_take()).text)


def test_again_carries_the_round_of_the_draft(english: None) -> None:
    tap = callbacks.Again.unpack(tap_of(take_view(a_take(round_=4)), "Again"))
    assert tap == callbacks.Again(take=5, draft=7, round=4)


@pytest.mark.parametrize(
    ("number", "takes", "said"), [(1, 1, None), (2, 3, "Take 2 of 3"), (1, 2, "Take 1 of 2"), (3, 2, "Take 3")]
)
def test_takes_are_counted_when_there_are_several(english: None, number: int, takes: int, said: str | None) -> None:
    text = seen(take_view(a_take(number=number, takes=takes)).text)
    assert ("Take" in text) == (said is not None)
    assert (said or "") in text


def test_an_approved_clip_says_where_it_is(english: None) -> None:
    shown = take_view(a_take(into=project(name="Summer <1998>")))
    assert "✓ In “Summer <1998>” · clip 3" in seen(shown.text)
    assert labels(shown) == ["🔁 Again", "✏️ Change prompt", "📁 Open project"]


def test_a_discarded_clip_can_be_kept_after_all(english: None) -> None:
    shown = take_view(a_take(discarded_at=NOW))
    assert seen(shown.text) == "🗑 Discarded"
    assert data(shown) == ["tk:5"]


@pytest.mark.parametrize("reason", [*FailureReason, None, "of a newer version"])
def test_a_failure_says_why_and_what_is_back(language: str, reason: str | None) -> None:
    shown = failed_view(job(failure_reason=reason, price=2))
    assert_fits(shown, caption=False)
    assert "2" in seen(shown.text)


def test_made_elsewhere_for_less_it_says_by_whom_and_for_how_much(english: None) -> None:
    made = job(price=3, charge=1, provider="runpod")
    text = seen(take_view(a_take(made=made), available=9).text)
    assert "made by RunPod for 1 credit instead of 3, 9 left" in text


@pytest.mark.parametrize(("facts", "said"), [({"gift": True}, "came late"), ({"made": job(retry_of=1)}, "Done over")])
def test_what_cost_nothing_says_why(english: None, facts: dict[str, Any], said: str) -> None:
    text = seen(take_view(a_take(**facts), available=9).text)
    assert said in text
    assert "credit" not in text
