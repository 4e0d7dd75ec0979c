"""A film is looked through before it is kept: what is none, or another one than was ordered, is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from media.errors import ClipProblem, ClipRefused
from media.finished import check_film
from tests.media.clips import cut, make_clip

ORDER: dict[str, Any] = {"short_side": 180, "seconds": 2.0, "clips": 1, "sound": False}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("film") / "film.mp4", seconds=2.0, rate=8)


def test_what_was_ordered_passes_with_its_facts(film: Path) -> None:
    finished = check_film(film, **ORDER)
    assert (finished.width, finished.height, finished.seconds) == (320, 180, 2.0)
    assert finished.size_bytes == film.stat().st_size


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ({"short_side": 480}, ClipProblem.WRONG_SIZE),
        ({"seconds": 3.0}, ClipProblem.WRONG_LENGTH),
        ({"sound": True}, ClipProblem.WRONG_FORMAT),
    ],
)
def test_what_was_ordered_otherwise_is_refused(film: Path, order: dict[str, Any], problem: ClipProblem) -> None:
    with pytest.raises(ClipRefused) as refused:
        check_film(film, **(ORDER | order))
    assert refused.value.reason is problem


def test_what_is_no_film_is_refused(film: Path, tmp_path: Path) -> None:
    page = tmp_path / "film.mp4"
    page.write_text("<html>")
    for broken in (page, cut(film, 0.02)):
        with pytest.raises(ClipRefused):
            check_film(broken, **ORDER)


def test_half_a_film_is_refused(film: Path) -> None:
    with pytest.raises(ClipRefused):
        check_film(cut(film, 0.5), **ORDER)
