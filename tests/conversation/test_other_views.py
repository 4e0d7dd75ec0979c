"""Start, help, projects, settings, and what the menu shows."""

from __future__ import annotations

import pytest

from conversation import help_views, project_views
from conversation.commands import commands, description, short_description
from conversation.help_views import cancel_work_view, not_a_photo_view, start_view
from conversation.project_views import PAGE, project_view, projects_view
from conversation.setting_views import settings_view
from conversation.view import View
from handlers.unknown import SAID
from providers.base import SHAPES
from tests.conversation.scenes import BIG, HOSTILE, project, project_of, summary, take, user
from tests.conversation.shown import assert_fits, data, labels, seen

SIMPLE = (
    help_views.help_view,
    help_views.no_draft_view,
    help_views.unknown_command_view,
    help_views.cancelled_view,
    help_views.nothing_to_cancel_view,
    help_views.stopping_view,
    help_views.going_on_view,
)


@pytest.mark.parametrize("view", SIMPLE, ids=lambda view: view.__name__)
def test_every_plain_answer_can_be_shown_in_every_language(language: str, view: object) -> None:
    assert_fits(view(), caption=False)  # type: ignore[operator]  # each makes a View


@pytest.mark.parametrize("name", [*HOSTILE, "Alice"], ids=range(len(HOSTILE) + 1))
def test_everybody_can_be_greeted(language: str, name: str) -> None:
    shown = start_view(user(first_name=name), available=30)
    assert_fits(shown, caption=False)
    assert len(seen(shown.text)) < 600
    assert len(labels(shown)) <= 3


def test_a_greeting_without_credits_does_not_boast_of_none(english: None) -> None:
    assert "credit" not in seen(start_view(user(), available=0).text)
    assert "You have 1 credit." in seen(start_view(user(), available=1).text)


@pytest.mark.parametrize("kind", sorted(SAID))
def test_whatever_is_sent_is_answered_with_what_can_be(language: str, kind: str) -> None:
    shown = not_a_photo_view(kind)
    assert_fits(shown, caption=False)
    assert "фото" in shown.text.lower() if language == "ru" else "foto" in shown.text or "photo" in shown.text


@pytest.mark.parametrize("name", [name[:64] for name in HOSTILE], ids=range(len(HOSTILE)))
def test_projects_of_any_name_can_be_shown(language: str, name: str) -> None:
    named = project(id=BIG, name=name or None)
    views: list[View] = [
        projects_view([summary(project=named)]),
        project_view(project_of(take(), project=named)),
        project_views.started_view(named),
        project_views.first_clip_view(named),
        project_views.asks_name_view(named),
        View(project_views.renamed_text(named)),
    ]
    for view in views:
        assert_fits(view, caption=False)


def test_without_projects_there_is_a_hint_and_a_button(language: str) -> None:
    assert_fits(projects_view([]), caption=False)
    assert data(projects_view([])) == ["ps"]


def test_the_current_project_is_marked(english: None) -> None:
    shown = projects_view([summary(), summary(project=project(id=3, number=2), current=False, clips=1)])
    assert labels(shown)[:2] == ["✓ Project 1 · 2 clips", "Project 2 · 1 clip"]


@pytest.mark.parametrize("page", [0, 1, 2, 99])
def test_many_projects_come_in_pages_that_show_each_once(english: None, page: int) -> None:
    many = [summary(project=project(id=number, number=number)) for number in range(1, 2 * PAGE + 2)]
    shown = projects_view(many, page)
    listed = [one for one in data(shown) if one.startswith("po:")]
    place = min(page, 2)
    assert listed == [f"po:{number}" for number in range(1, 2 * PAGE + 2)][place * PAGE : (place + 1) * PAGE]
    assert ("‹" in labels(shown), "›" in labels(shown)) == (place > 0, place < 2)


def test_a_project_can_be_played_once_it_has_clips(english: None) -> None:
    assert "▶️ Play the clips" in labels(project_view(project_of(take())))
    empty = project_view(project_of(clips=0))
    assert "▶️ Play the clips" not in labels(empty)
    assert "no clips yet" in seen(empty.text)


def test_another_project_can_be_made_the_current_one(english: None) -> None:
    assert "✓ Use this one" in labels(project_view(project_of(take(), current=False)))
    assert "✓ Use this one" not in labels(project_view(project_of(take())))


def test_settings_mark_what_is_chosen(language: str) -> None:
    chosen = user(language=language, default_duration_s=10, default_shape="9:16")
    shown = settings_view(chosen, lengths=[5, 10], shapes=SHAPES)
    assert_fits(shown, caption=False)
    marked = [tap for label, tap in zip(labels(shown), data(shown), strict=True) if label.startswith("✓")]
    assert marked == [f"sl:{language}", "sd:10", "ss|9:16"]


def test_settings_begin_with_the_shape_of_the_photo(english: None) -> None:
    shown = settings_view(user(), lengths=[5, 10], shapes=SHAPES)
    assert "✓ like the photo" in labels(shown)


@pytest.mark.parametrize("count", [1, 2, 30])
def test_stopping_work_is_a_question(language: str, count: int) -> None:
    shown = cancel_work_view(count)
    assert_fits(shown, caption=False)
    assert data(shown) == ["cx", "ck"]


def test_groups_are_told_where_to_write(language: str) -> None:
    assert "@EchoesBot" in help_views.groups_view("EchoesBot").text


def test_the_menu_is_within_telegrams_limits(language: str) -> None:
    names = [one.command for one in commands()]
    assert names[:5] == ["start", "new", "projects", "buy", "credits"]
    assert {"help", "settings", "cancel", "support", "paysupport", "terms", "privacy"} <= set(names)
    assert len(set(names)) == len(names)
    assert all(1 <= len(one.description) <= 256 for one in commands())
    assert 0 < len(description()) <= 512
    assert 0 < len(short_description()) <= 120
