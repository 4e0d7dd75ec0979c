"""A name as it can be drawn: in lines, each from left to right as it is seen.

Letters come from the fonts inside OpenCV (Latin, Cyrillic, Greek, Hebrew, Chinese, Japanese, Korean and more), since a
server need have none. They draw one character after another: words of scripts that run from right to left are turned
here, and what the fonts do not have, emoji above all, is left out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

WEIGHT: Final = 600
_PROBE: Final = 24
_MARK: Final = "?"
"""What the fonts draw in place of a character they do not have."""


_DIRECTIONS: Final = {"L": "L", "R": "R", "AL": "R"}
_MIRRORED: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_NUMBER: Final = re.compile(r"\d(?:[\d.,:/]*\d)?")


def font() -> cv2.FontFace:
    """Made anew each time: one must not be used by two threads."""
    return cv2.FontFace("sans")


def drawable(name: str) -> str:
    """`name` in composed form, without what cannot be drawn; runs of blanks become one."""
    composed = unicodedata.normalize("NFC", name)
    return " ".join("".join(character if _has(character) else " " for character in composed).split())


@cache
def _has(character: str) -> bool:
    if character == _MARK:
        return True
    if unicodedata.category(character)[0] in "CZ":  # controls, directions, blanks
        return False
    return bool((_drawn(character) != _drawn(_MARK)).any())


def _drawn(character: str) -> NDArray[np.uint8]:
    canvas = np.zeros((2 * _PROBE, 4 * _PROBE), np.uint8)
    cv2.putText(canvas, character, (_PROBE // 2, _PROBE + 8), (255,), font(), _PROBE, WEIGHT)
    return canvas


def line_width(line: str, size: int) -> int:
    """Pixels `line` takes at `size`."""
    return int(cv2.getTextSize((0, 0), line, (0, 0), font(), size, WEIGHT)[2])


def lines(name: str, size: int, room: int) -> list[str]:
    """`name` broken into lines no wider than `room` pixels: between words, else inside of one."""
    broken: list[str] = []
    for word in name.split():
        joined = f"{broken[-1]} {word}" if broken else word
        if broken and line_width(joined, size) <= room:
            broken[-1] = joined
        else:
            broken += _fitting_pieces(word, size, room)
    return broken


def _fitting_pieces(word: str, size: int, room: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and line_width(pieces[-1] + character, size) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def seen(line: str) -> str:
    """`line` with its characters in the order they stand from left to right: as much of the Unicode bidirectional
    algorithm (UAX #9) as a line of names and numbers needs."""
    strong = [_DIRECTIONS.get(unicodedata.bidirectional(character), " ") for character in line]
    base = next((kind for kind in strong if kind != " "), "L")
    runs = groupby(enumerate(line), key=lambda placed: _direction(strong, placed[0], base))
    shown = [(way, "".join(character for _, character in run)) for way, run in runs]
    turned = [_turned(text) if way == "R" else text for way, text in shown]
    return "".join(reversed(turned) if base == "R" else turned)


def _direction(strong: list[str], place: int, base: str) -> str:
    """What has no direction itself goes with its neighbours where they agree, else with the whole line."""
    if strong[place] != " ":
        return strong[place]
    before = next((kind for kind in reversed(strong[:place]) if kind != " "), base)
    after = next((kind for kind in strong[place:] if kind != " "), base)
    return before if before == after else base


def _turned(text: str) -> str:
    """From right to left: brackets open the other way, numbers are still read from left to right."""
    mirrored = text[::-1].translate(_MIRRORED)
    return _NUMBER.sub(lambda number: number[0][::-1], mirrored)
