from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.i18n import Words
from conversation.wording import bar, clips, credits_, project_html, project_name, seconds, shape, time_left
from tests.conversation.scenes import project


@given(st.floats(allow_nan=False))
def test_the_bar_is_always_ten_long_and_between_0_and_100(progress: float) -> None:
    drawn, percent, _sign = bar(progress).split(" ")
    assert len(drawn) == 10
    assert 0 <= int(percent) <= 100
    assert drawn.count("▰") == int(percent) // 10


@pytest.mark.parametrize(
    ("progress", "drawn"),
    [(0.0, "▱▱▱▱▱▱▱▱▱▱ 0 %"), (0.426, "▰▰▰▰▱▱▱▱▱▱ 42 %"), (0.999, "▰▰▰▰▰▰▰▰▰▱ 99 %"), (1.0, "▰▰▰▰▰▰▰▰▰▰ 100 %")],
)
def test_the_bar_is_full_only_when_all_is_done(progress: float, drawn: str) -> None:
    assert bar(progress) == drawn


@pytest.mark.parametrize(
    ("left", "said"),
    [(0.2, "about 1 s left"), (7.4, "about 7 s left"), (37, "about 35 s left"), (125, "about 2 minutes left")],
)
def test_time_left_is_rounded_as_people_would(english: None, left: float, said: str) -> None:
    assert time_left(left) == said


def test_small_things_are_counted_right(english: None) -> None:
    assert [credits_(1), credits_(2), clips(1), clips(0)] == ["1 credit", "2 credits", "1 clip", "0 clips"]
    assert (seconds(5), seconds(9.96)) == ("5 s", "10 s")


def test_a_shape_has_a_picture_and_an_unknown_one_its_name() -> None:
    assert (shape("16:9"), shape("4:3")) == ("▭ 16:9", "4:3")


def test_a_project_without_a_name_is_called_by_its_number(words: Words) -> None:
    with words.speaking("ru"):
        assert project_name(project(number=3)) == "Проект 3"


def test_a_project_name_is_plain_on_buttons_and_safe_in_html(english: None) -> None:
    named = project(name="Summer <1998>")
    assert (project_name(named), project_html(named)) == ("Summer <1998>", "Summer &lt;1998&gt;")
