from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import callbacks
from conversation.draft_card import continued_view, done_view, draft_view, ideas
from conversation.i18n import LANGUAGES, Words
from providers.base import FailureReason
from providers.local.prompt import plan
from services.cards import DraftCard
from services.inquiries.shown import Offer, Thinking
from services.jobs import states
from tests.conversation.scenes import BIG, HOSTILE, LOCAL, WIDE, card, work
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of

STATES: dict[str, DraftCard] = {
    "new": card(prompt=""),
    "written": card(),
    "two models": card(models=(LOCAL, WIDE)),
    "too dear": card(price=5, available=1),
    "queued": card(state="working", work=work(states.QUEUED, ahead=2)),
    "next": card(state="working", work=work(states.QUEUED)),
    "running": card(state="working", work=work(seconds_left=12.0)),
    "storing": card(state="working", work=work(states.STORING, progress=1.0)),
    "unknown": card(state="working", work=work(states.UNKNOWN)),
    "cancelling": card(state="working", work=work(cancelling=True)),
    "cancelled": card(round=1, work=work(states.CANCELLED)),
    "succeeded": card(round=1, takes=1, work=work(states.SUCCEEDED)),
    "put away": card(state="closed"),
    "with a writer": card(thinking=Thinking()),
    "improving": card(thinking=Thinking(newest=1, improving=True)),
    "stuck": card(thinking=Thinking(newest=1, stuck=True)),
    "offered": card(thinking=Thinking(newest=1, offer=Offer(1, "snow", "snow in soft light"))),
    "offered for other words": card(thinking=Thinking(newest=1, offer=Offer(1, "rain", "rain in soft light"))),
    "being checked": card(thinking=Thinking(checking=True)),
    "not allowed": card(thinking=Thinking(refused=True)),
    "nobody could say": card(thinking=Thinking(unsure=True)),
    **{f"failed, {why}": card(round=1, work=work(states.FAILED, failure_reason=why)) for why in FailureReason},
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_shown_in_every_language(language: str, state: str) -> None:
    assert_fits(draft_view(STATES[state]), caption=True)


@pytest.mark.parametrize("state", STATES)
def test_hostile_prompts_and_huge_numbers_break_nothing(language: str, state: str) -> None:
    for prompt in HOSTILE:
        shown = STATES[state]
        shown.draft.prompt, before = prompt, shown.draft.prompt
        assert_fits(draft_view(shown), caption=True)
        shown.draft.prompt = before
    huge = card(id=BIG, round=2**31 - 1, price=10**9, available=10**9, models=(LOCAL, WIDE))
    assert_fits(draft_view(huge), caption=True)


@given(st.text(max_size=3000))
def test_any_prompt_fits(words: Words, prompt: str) -> None:
    with words.speaking("ru"):
        failed = card(prompt=prompt, work=work(states.FAILED, failure_reason="refused"), models=(LOCAL, WIDE))
        assert_fits(draft_view(failed), caption=True)


def test_an_empty_draft_offers_ideas_and_a_written_one_does_not(english: None) -> None:
    assert {"🔍 Zoom in", "❄️ Snowfall", "✨ Magic"} < set(labels(draft_view(card(prompt=""))))
    assert "❄️ Snowfall" not in labels(draft_view(card()))


@pytest.mark.parametrize(
    ("idea", "move", "overlay"), [(0, "zoom_in", "light_leak"), (1, "zoom_out", "snow"), (2, "orbit", "sparkles")]
)
def test_the_renderer_understands_every_idea(language: str, idea: int, move: str, overlay: str) -> None:
    understood = plan(ideas()[idea][1], seed=1)
    assert understood.moves == (move,)
    assert understood.overlays == {overlay}


def test_choices_are_marked(english: None) -> None:
    shown = labels(draft_view(card(shape="9:16", duration_s=10, models=(LOCAL, WIDE))))
    assert [label for label in shown if label.startswith("✓")] == ["✓ Motion", "✓ 10 s", "✓ ▯ 9:16"]


def test_a_choice_the_model_cannot_make_is_shown_as_the_nearest_it_can(english: None) -> None:
    shown = draft_view(card(model=WIDE, shape="9:16", duration_s=10, models=(LOCAL, WIDE)))
    length = max(WIDE.prices)
    assert [label for label in labels(shown) if label.startswith("✓")] == [
        f"✓ {WIDE.name}",
        f"✓ {length} s",
        "✓ ▭ 16:9",
    ]
    assert f"{length} s · ▭ 16:9 · {WIDE.name}" in seen(shown.text)


def test_a_single_model_is_no_choice(english: None) -> None:
    assert not [one for one in data(draft_view(card())) if one.startswith("dm:")]


def test_the_button_says_what_it_costs(english: None) -> None:
    shown = draft_view(card(price=2, round=4))
    tap = callbacks.GenerateFor.unpack(tap_of(shown, "🎬 Generate · 2 credits"))
    assert tap == callbacks.GenerateFor(draft=7, round=4, price=2)


def test_too_few_credits_are_said_before_the_tap(english: None) -> None:
    assert "not enough yet" in seen(draft_view(card(price=2, available=1)).text)
    assert "not enough" not in seen(draft_view(card(price=2, available=2)).text)


def test_and_there_is_a_way_to_more_that_leads_back(language: str) -> None:
    assert "b:7:" in data(draft_view(card(id=7, price=2, available=1)))
    assert "b:7:" not in data(draft_view(card(id=7, price=2, available=2)))
    assert_fits(draft_view(card(id=BIG, price=2, available=1)), caption=True)


def test_waiting_shows_the_place_in_the_queue(english: None) -> None:
    assert "2 before you" in seen(draft_view(STATES["queued"]).text)
    assert "You're next" in seen(draft_view(STATES["next"]).text)


def test_working_shows_a_bar_the_time_left_and_nothing_but_cancel(english: None) -> None:
    shown = draft_view(STATES["running"])
    assert "▰▰▰▰▱▱▱▱▱▱ 42 % · about 10 s left" in seen(shown.text)
    assert labels(shown) == ["✖️ Cancel"]


def test_no_time_is_promised_that_is_not_known(english: None) -> None:
    assert "left" not in seen(draft_view(card(state="working", work=work())).text)


def test_cancelling_cannot_be_cancelled(english: None) -> None:
    shown = draft_view(STATES["cancelling"])
    assert "Cancelling…" in seen(shown.text)
    assert shown.keyboard is None


def test_a_failed_draft_says_why_and_can_be_tried_again(english: None) -> None:
    shown = draft_view(STATES["failed, busy"])
    assert "overcrowded" in seen(shown.text)
    assert "credits are back" in seen(shown.text)
    assert "🔁 Try again · 1 credit" in labels(shown)


def test_a_cancelled_draft_is_a_draft_again(english: None) -> None:
    assert "🎬 Generate · 1 credit" in labels(draft_view(STATES["cancelled"]))
    assert "Cancelled" in seen(draft_view(STATES["cancelled"]).text)


def test_a_draft_that_was_put_away_can_come_back(english: None) -> None:
    assert data(draft_view(STATES["put away"])) == ["db:7"]


def test_what_has_ended_has_no_buttons(language: str) -> None:
    for ended in (done_view(), continued_view()):
        assert_fits(ended, caption=True)
        assert ended.keyboard is None


@pytest.mark.parametrize("language_code", LANGUAGES)
def test_no_two_states_look_alike(words: Words, language_code: str) -> None:
    with words.speaking(language_code):
        shown = [(view.text, tuple(labels(view))) for view in map(draft_view, STATES.values())]
    assert len(set(shown)) == len(shown)
