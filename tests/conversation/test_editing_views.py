"""Editing: what is offered fits Telegram for any name, caption and number of clips."""

from __future__ import annotations

import pytest

from conversation.editing_views import (
    PAGE,
    PLACES,
    asks_caption_view,
    captioned_view,
    clip_view,
    clips_view,
    places_view,
    take_captions,
    takes_view,
)
from conversation.project_views import deleted_view, project_view
from services.editing import CAPTION_LIMIT, ClipView
from services.projects import ProjectView
from storage.tables import Clip
from tests.conversation.scenes import BIG, HOSTILE, NOW, placed, project, project_of, summary, take
from tests.conversation.shown import assert_fits, data, labels, seen


def many(count: int) -> ProjectView:
    return project_of(*(take(id=number, draft_id=number) for number in range(1, count + 1)))


def a_clip(*, at: int = 2, of: int = 3, takes: int = 1, caption: str | None = None, **facts: object) -> ClipView:
    all_takes = [take(id=number, number=number) for number in range(1, takes + 1)]
    stands = Clip(id=9, project_id=2, draft_id=7, take_id=1, position=at, caption=caption)
    return ClipView(project(**facts), stands, all_takes[0], of, all_takes)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_any_name_and_caption_can_be_shown(language: str, hostile: str) -> None:
    clip = a_clip(id=BIG, name=hostile[:64] or None, caption=hostile[:CAPTION_LIMIT] or None, takes=3, of=50)
    named = clip.project
    everything = ProjectView(summary(project=named, clips=2), placed(named, take(), take(id=6, draft_id=BIG)), None)
    for view in (clip_view(clip), places_view(clip), clips_view(everything)):
        assert_fits(view, caption=True)
    for view in (takes_view(clip), asks_caption_view(clip), captioned_view(BIG, BIG), deleted_view(named, named)):
        assert_fits(view, caption=False)


@pytest.mark.parametrize(("count", "page", "shown"), [(3, 0, "123"), (10, 0, "10"), (25, 1, "20"), (25, 99, "25")])
def test_clips_come_ten_to_a_page(english: None, count: int, page: int, shown: str) -> None:
    view = clips_view(many(count), page)
    numbers = [label for label in labels(view) if label.isdigit()]
    assert "".join(numbers) == shown or numbers[-1] == shown
    assert len(numbers) <= PAGE
    assert ("›" in labels(view)) == (count > (min(page, (count - 1) // PAGE) + 1) * PAGE)


def test_the_first_clip_cannot_go_up_nor_the_last_one_down(english: None) -> None:
    assert "⬆️" not in labels(clip_view(a_clip(at=1)))
    assert "⬇️" not in labels(clip_view(a_clip(at=3)))
    assert {"em:2:7:2:1", "em:2:7:2:3"} <= set(data(clip_view(a_clip())))
    assert not any(one.startswith("em:") for one in data(clip_view(a_clip(at=1, of=1))))


def test_takes_are_compared_where_there_are_several(english: None) -> None:
    assert not any("🎬" in label for label in labels(clip_view(a_clip())))
    several = a_clip(takes=3)
    assert "🎬 3 takes" in labels(clip_view(several))
    assert labels(takes_view(several))[:3] == ["✓ 1", "2", "3"]
    assert list(take_captions(several).values()) == ["Take 1", "Take 2", "Take 3"]


def test_a_long_film_has_pages_of_places(english: None) -> None:
    first, last = places_view(a_clip(at=1, of=PLACES + 3)), places_view(a_clip(at=1, of=PLACES + 3), page=1)
    assert "✓ 1" in labels(first)
    assert [label for label in labels(last) if label.isdigit()] == [str(PLACES + number) for number in (1, 2, 3)]


def test_the_current_project_is_always_named(language: str) -> None:
    other = project(id=3, number=2, name="Summer")
    shown = ProjectView(summary(current=False), placed(project(), take()), other)
    assert "Summer" in seen(project_view(shown).text)
    assert "Summer" in seen(clips_view(shown).text)
    assert "Summer" in seen(deleted_view(project(), other).text)


def test_a_completed_project_offers_to_be_opened_again(english: None) -> None:
    done = project(completed_at=NOW)
    view = project_view(ProjectView(summary(project=done, current=False), placed(done, take()), None))
    assert "pr:2" in data(view)
    assert not {"pd:2", "pc:2"} & set(data(view))
    assert "🏁 Completed" in seen(view.text)
