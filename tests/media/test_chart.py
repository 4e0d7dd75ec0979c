"""The chart of the overview: bars as high as their values, words that can be read, in any script and of any length."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from media.chart import COLOURS, MOST_BARS, PANEL, WIDTH, Panel, chart


def panel(values: Sequence[int], title: str = "", total: str = "") -> Panel:
    return Panel(title, total, values, len(values) - 1, "", ("",))


def picture(*panels: Panel) -> np.ndarray:
    opened = Image.open(io.BytesIO(chart(panels)), formats=("JPEG",))
    return np.asarray(opened.convert("RGB")).astype(int)


def heights(drawn: np.ndarray, count: int, colour: tuple[int, int, int]) -> list[int]:
    """Of the bars, in pixels, at the middle of each."""
    step = (WIDTH - 112) / count
    columns = [drawn[:, round(56 + (place + 0.5) * step)] for place in range(count)]
    return [int((np.abs(column - colour).max(axis=1) < 24).sum()) for column in columns]


def test_bars_are_as_high_as_their_values() -> None:
    drawn = picture(panel([0, 10, 20, 40, 1]))

    nothing, quarter, half, whole, _ = heights(drawn, 5, COLOURS[0])

    assert nothing == 0
    assert quarter == pytest.approx(whole / 4, abs=4)
    assert half == pytest.approx(whole / 2, abs=4)


def test_what_may_still_grow_is_drawn_paler_and_little_is_more_than_nothing() -> None:
    drawn = picture(panel([1, 10_000, 10_000]))

    little, full, growing = heights(drawn, 3, COLOURS[0])

    assert little >= 3
    assert full > 200
    assert growing == 0


def test_each_panel_has_its_place_and_colour() -> None:
    drawn = picture(panel([5, 5]), panel([0, 0]), panel([7, 7]))

    assert drawn.shape == (3 * PANEL, WIDTH, 3)
    counted = [heights(drawn, 2, colour)[0] for colour in COLOURS[:3]]
    assert counted[0] == counted[2] > 200
    assert counted[1] == 0


@pytest.mark.parametrize("words", ["Clips", "Готовые клипы", "Créditos · ñ €", "1 234 ₽"])
def test_what_is_written_is_seen(words: str) -> None:
    empty, written = picture(panel([1])), picture(panel([1], title=words, total=words))

    changed = np.abs(empty - written).max(axis=2) > 100
    assert changed[:110, :600].any()
    assert changed[:110, 680:].any()


@pytest.mark.parametrize("words", ["", "👻", "x" * 5000, "<b>&\u202e\x00"])
def test_no_words_break_it(words: str) -> None:
    drawn = picture(Panel(words, words, [3] * MOST_BARS, 0, words, (words,) * 5))
    assert drawn.shape == (PANEL, WIDTH, 3)


@pytest.mark.parametrize("values", [[], [1] * (MOST_BARS + 1), [3, -1]])
def test_it_refuses_what_it_cannot_show(values: list[int]) -> None:
    with pytest.raises(ValueError, match="chart"):
        chart([panel(values)])


def test_it_refuses_to_show_nothing() -> None:
    with pytest.raises(ValueError, match="chart"):
        chart([])
