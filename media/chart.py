"""A picture of figures over time: bars for days or hours, one panel below the other, to be read on a phone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw

from media.film.lettering import WEIGHT, drawable, font, line_width

WIDTH: Final = 1280
"""Pixels: what Telegram keeps. A phone shows it at some 390, so the smallest letters are 38 high here, 12 there."""
PANEL: Final = 470
"""How high each panel is."""
MOST_BARS: Final = 48

_SCALE: Final = 2  # bars are drawn twice as large, since Pillow draws jagged
_PAPER, _INK, _FAINT, _LINE = (255, 253, 249), (44, 32, 25), (128, 112, 100), (228, 218, 207)
COLOURS: Final = ((206, 104, 42), (46, 116, 128), (122, 92, 160), (110, 128, 52))
"""Of the panels in their order: told apart by whoever sees no red or no green, too."""
_LEFT: Final = 56
_TOP, _BOTTOM = 150, 376
"""Where the highest bar ends and all bars begin, within a panel."""
_TITLE, _SMALL = 46, 38
_LONGEST: Final = 100  # characters; fewer than that fit anywhere


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    total: str
    """What stands at its right, large."""
    values: Sequence[int]
    """None below 0."""
    growing: int
    """Which of them is not yet what it will be, and is drawn paler."""
    most: str
    """The highest value as it is to be read."""
    marks: Sequence[str]
    """What stands below the bars: the first at the left end, the last at the right one, the others between."""


def chart(panels: Sequence[Panel]) -> bytes:
    """A JPEG, WIDTH pixels wide. What cannot be drawn of the texts is left out. Takes some 0.1 s: call it in a thread.

    Raises:
        ValueError: there is no panel, or one without values or with too many, or a value below 0.
    """
    if not panels or not all(1 <= len(one.values) <= MOST_BARS and min(one.values) >= 0 for one in panels):
        raise ValueError(f"a chart has panels of 1 to {MOST_BARS} values, none below 0")
    sheet = Image.new("RGB", (WIDTH * _SCALE, PANEL * _SCALE * len(panels)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, panel in enumerate(panels):
        _bars(draw, panel, number * PANEL, COLOURS[number % len(COLOURS)])
    canvas = np.array(sheet.resize((WIDTH, PANEL * len(panels)), Image.Resampling.BOX))
    for number, panel in enumerate(panels):
        _words(canvas, panel, number * PANEL, COLOURS[number % len(COLOURS)])
    out = io.BytesIO()
    Image.fromarray(canvas).save(out, "JPEG", quality=90)
    return out.getvalue()


def _bars(draw: ImageDraw.ImageDraw, panel: Panel, top: int, colour: tuple[int, int, int]) -> None:
    highest = max(panel.values)
    if highest:
        _line(draw, top + _TOP, _LINE)
    step = (WIDTH - 2 * _LEFT) / len(panel.values)
    gap = min(step * 0.22, 28.0)
    for place, value in enumerate(panel.values):
        height = max(6.0, (_BOTTOM - _TOP) * value / highest) if value else 0.0
        left, right = _LEFT + place * step + gap / 2, _LEFT + (place + 1) * step - gap / 2
        shade = _paler(colour) if place == panel.growing else colour
        if height:
            _bar(draw, (left, top + _BOTTOM - height, right, top + _BOTTOM), shade)
    _line(draw, top + _BOTTOM, _FAINT)


def _bar(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: tuple[int, int, int]) -> None:
    left, top, right, bottom = (round(side * _SCALE) for side in box)
    radius = min((right - left) // 3, bottom - top, 10 * _SCALE)
    draw.rounded_rectangle((left, top, right - 1, bottom - 1), radius, fill=colour, corners=(True, True, False, False))


def _line(draw: ImageDraw.ImageDraw, y: int, colour: tuple[int, int, int]) -> None:
    draw.rectangle((_LEFT * _SCALE, y * _SCALE, (WIDTH - _LEFT) * _SCALE, (y + 2) * _SCALE - 1), fill=colour)


def _paler(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = (round((part + paper) / 2) for part, paper in zip(colour, _PAPER, strict=True))
    return red, green, blue


def _words(canvas: np.ndarray, panel: Panel, top: int, colour: tuple[int, int, int]) -> None:
    room = WIDTH - 2 * _LEFT
    total = _fitted(panel.total, _TITLE, room // 2)
    wide = line_width(total, _TITLE)
    _put(canvas, total, WIDTH - _LEFT - wide, top + 78, _TITLE, colour)
    _put(canvas, _fitted(panel.title, _TITLE, room - wide - 40), _LEFT, top + 78, _TITLE, _INK)
    if max(panel.values):
        _put(canvas, _fitted(panel.most, _SMALL, room), _LEFT, top + _TOP - 14, _SMALL, _FAINT)
    marks = [_fitted(mark, _SMALL, room // len(panel.marks)) for mark in panel.marks]
    for place, mark in enumerate(marks):
        wide = line_width(mark, _SMALL)
        share = place / (len(marks) - 1) if len(marks) > 1 else 0.5
        _put(canvas, mark, round(_LEFT + share * (room - wide)), top + _BOTTOM + 54, _SMALL, _FAINT)


def _fitted(text: str, size: int, room: int) -> str:
    """Cut where it does not fit."""
    known = drawable(text[:_LONGEST])
    if line_width(known, size) <= room:
        return known
    while known and line_width(f"{known}…", size) > room:
        known = known[:-1]
    return f"{known}…" if known else ""


def _put(canvas: np.ndarray, text: str, x: int, y: int, size: int, colour: tuple[int, int, int]) -> None:
    if text:
        cv2.putText(canvas, text, (x, y), colour, font(), size, WEIGHT)
