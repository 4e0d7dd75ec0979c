"""The button that opens a project in the player."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiogram.types import InlineKeyboardButton

from conversation.project_views import project_view
from services.projects import ProjectView
from tests.conversation.scenes import project_of, take

PLAYER = "https://films.example/app/film/7"


def first_button(view: ProjectView) -> InlineKeyboardButton:
    keyboard = project_view(view).keyboard
    assert keyboard is not None
    return keyboard.inline_keyboard[0][0]


@pytest.mark.usefixtures("english")
def test_a_project_with_clips_can_be_watched_where_telegram_opens_the_player() -> None:
    watch = first_button(replace(project_of(take()), watch=PLAYER))
    assert watch.text == "▶️ Watch"
    assert watch.web_app is not None
    assert watch.web_app.url == PLAYER


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("view", [project_of(take()), replace(project_of(clips=0), watch=PLAYER)])
def test_without_clips_or_player_there_is_no_such_button(view: ProjectView) -> None:
    assert first_button(view).web_app is None
