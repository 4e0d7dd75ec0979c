from __future__ import annotations

from dataclasses import replace

import pytest

from conversation import callbacks
from conversation.album_card import album_view, approved_view
from services.cards import AlbumCard
from services.jobs import states
from services.storyboard import Approved, Board
from tests.conversation.scenes import BIG, HOSTILE, LOCAL, WIDE, album, card, project, take, work
from tests.conversation.shown import assert_fits, data, labels, seen, tap_of

RUNNING = card(id=1, round=1, state="working", work=work())
WAITING = card(id=2, round=1, state="working", work=work(states.QUEUED, ahead=3))
DONE = card(id=3, round=1, takes=1, work=work(states.SUCCEEDED))
FAILED = card(id=4, round=1, work=work(states.FAILED, failure_reason="busy"))
OPEN = card(id=5, prompt="")

ALBUMS: dict[str, AlbumCard] = {
    "one": album(OPEN),
    "two": album(OPEN, card(id=6, duration_s=10, price=2)),
    "all working": album(RUNNING, WAITING),
    "cancelling": album(card(id=8, state="working", work=work(cancelling=True))),
    "mixed": album(RUNNING, WAITING, DONE, FAILED, OPEN),
    "all done": album(DONE, DONE),
    "approved": replace(album(DONE), board=Board({3: project(name="w" * 64)})),
    "some approved": replace(album(DONE, card(id=5, takes=1)), board=Board({3: project(name="&" * 64)}, [take()])),
    "empty": album(),
    "ten": album(*[card(id=BIG - number, prompt="p" * 900, price=10**6) for number in range(10)], available=10**9),
}


@pytest.mark.parametrize("count", [1, 2])
def test_what_one_tap_approved_is_told_with_a_way_to_the_project(language: str, count: int) -> None:
    approved = Approved(project(name="<b>"), count > 1, list(range(count)), list(range(1, count + 1)), 2)
    assert_fits(approved_view(approved), caption=False)
    assert callbacks.OpenProject(project=2).pack() in data(approved_view(approved))


def test_nothing_is_approved_while_some_of_it_is_being_made(english: None) -> None:
    ready = Board({}, [take()])
    offered = callbacks.ApproveAll(album=9).pack()
    assert offered not in data(album_view(replace(ALBUMS["mixed"], board=ready)))
    assert offered in data(album_view(replace(ALBUMS["all done"], board=ready)))


@pytest.mark.parametrize("name", ALBUMS)
def test_every_album_can_be_shown_in_every_language(language: str, name: str) -> None:
    assert_fits(album_view(ALBUMS[name]), caption=True)


@pytest.mark.parametrize("prompt", HOSTILE, ids=range(len(HOSTILE)))
def test_ten_hostile_prompts_fit_in_every_state(language: str, prompt: str) -> None:
    working = card(state="working", prompt=prompt, work=work(cancelling=True))
    failed = card(prompt=prompt, work=work(states.FAILED))
    assert_fits(album_view(album(*[working] * 10)), caption=True)
    assert_fits(album_view(album(*[failed] * 10)), caption=True)
    there = [card(id=number, prompt=prompt, takes=1) for number in range(1, 11)]
    called = project(name=prompt or None)
    assert_fits(album_view(replace(album(*there), board=Board({one.draft.id: called for one in there}))), caption=True)


def test_each_photo_has_a_line_with_its_state_and_a_button(english: None) -> None:
    shown = album_view(ALBUMS["mixed"])
    lines = seen(shown.text).splitlines()
    assert lines[:6] == [
        "🎞 5 photos",
        "1. snow — 42 %",
        "2. snow — waiting",
        "3. snow — done ✅",
        "4. snow — didn't work ⚠️",
        "5. no words yet — 5 s",
    ]
    photos = [one for one in data(shown) if one.startswith("ao:")]
    assert photos == ["ao:1", "ao:2", "ao:3", "ao:4", "ao:5"]


def test_one_button_makes_all_that_have_no_clip_for_the_sum_of_their_prices(english: None) -> None:
    shown = album_view(ALBUMS["mixed"])
    tap = callbacks.GenerateAllFor.unpack(tap_of(shown, "🎬 Generate all · 2 credits"))
    assert tap == callbacks.GenerateAllFor(album=9, version=4, price=2)


def test_models_are_offered_where_there_are_several(english: None) -> None:
    models = (LOCAL, WIDE)
    agreed = labels(album_view(album(card(id=1, models=models), card(id=2, models=models))))
    assert {"✓ Motion", WIDE.name} < set(agreed)
    assert not [one for one in data(album_view(album(card(id=1)))) if one.startswith("am:")]


def test_only_what_all_of_them_can_do_is_offered_for_all(english: None) -> None:
    models = (LOCAL, WIDE)
    mixed = album(card(id=1, models=models), card(id=2, model=WIDE, models=models))
    shown = labels(album_view(mixed))
    assert {"Motion", WIDE.name, "✓ ▭ 16:9"} < set(shown)
    assert not [label for label in shown if "9:16" in label or "5 s" in label]
    assert_fits(album_view(mixed), caption=True)


def test_length_and_shape_are_marked_when_all_agree(english: None) -> None:
    agreed = labels(album_view(album(card(id=1), card(id=2))))
    assert "✓ 5 s" in agreed
    assert "✓ ▭ 16:9" in agreed
    differing = labels(album_view(album(card(id=1), card(id=2, duration_s=10, shape="1:1"))))
    assert not [label for label in differing if label.startswith("✓")]


def test_what_is_being_made_can_be_cancelled_and_what_is_cancelling_cannot(english: None) -> None:
    assert "✖️ Cancel all" in labels(album_view(ALBUMS["all working"]))
    assert "✖️ Cancel all" not in labels(album_view(ALBUMS["cancelling"]))


def test_when_all_is_done_nothing_is_left_to_generate(english: None) -> None:
    shown = album_view(ALBUMS["all done"])
    assert not [label for label in labels(shown) if "Generate" in label]
    assert "All done" in seen(shown.text)


def test_lengths_are_those_of_the_model(english: None) -> None:
    lengths = [one for one in data(album_view(ALBUMS["two"])) if one.startswith("al:")]
    assert lengths == [f"al:9:{seconds}" for seconds in sorted(LOCAL.prices)]


def test_with_too_few_credits_for_all_there_is_a_way_to_more_that_leads_back(language: str) -> None:
    assert "b::9" in data(album_view(album(card(price=2), card(id=8, price=2), available=3)))
    assert "b::9" not in data(album_view(album(card(price=2), card(id=8, price=2), available=4)))
