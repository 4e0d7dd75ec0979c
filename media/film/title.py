"""The card before the first clip: the project's name, white on a dark ground."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from media.film.encoding import encode, still
from media.film.frame import Frame
from media.film.length import TITLE_SECONDS
from media.film.lettering import WEIGHT, drawable, font, line_width, lines, seen
from media.film.stoppable import in_thread

_ROOM: Final = 0.8  # of the width
_TALLEST: Final = 0.6  # of the height
_LARGEST, _SMALLEST = 0.11, 0.045  # size of the letters, of the short side
_STEPS: Final = 12
_LEADING: Final = 1.35
_MOST_LINES: Final = 4
_TOP, _BOTTOM = (38, 28, 24), (14, 10, 9)  # blue, green, red


def title_digest(name: str, frame: Frame, headers: bytes) -> str:
    """Of all that the card's frames depend on."""
    what = f"title 1 {frame.size} {frame.rate} {headers.hex()} {drawable(name)}"
    return hashlib.sha256(what.encode()).hexdigest()


def title_frames(frame: Frame) -> int:
    return round(TITLE_SECONDS * frame.rate)


async def make_title(name: str, into: Path, frame: Frame) -> None:
    """Write the card as a clip. A name of which nothing can be drawn leaves it dark. Raises FfmpegFailed."""
    raw = into.with_suffix(".raw")
    count = title_frames(frame)
    await in_thread(lambda _stop: raw.write_bytes(card(name, frame.width, frame.height).tobytes()))
    graph = (
        f"[0:v]scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,loop=loop={count - 1}:size=1:start=0,"
        f"settb={1 / frame.rate},setpts=N,fps={frame.rate}[film]"
    )
    try:
        await encode([still(raw, frame, "bgr24")], graph, into, frame, frames=count)
    finally:
        raw.unlink(missing_ok=True)


def card(name: str, width: int, height: int) -> NDArray[np.uint8]:
    """The card as pixels, blue, green, red. What is too long for four lines of small letters ends in an ellipsis."""
    shade = np.linspace(0, 1, height)[:, None, None]
    ground = np.array(_TOP) * (1 - shade) + np.array(_BOTTOM) * shade
    # Noise of one level hides the steps between shades, which would be seen as bands.
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (height, width, 1))
    canvas = np.clip(np.rint(ground + noise), 0, 255).astype(np.uint8).copy()
    size, rows = _set(drawable(name), width, height)
    top = (height - size * _LEADING * len(rows)) / 2
    for number, row in enumerate(rows):
        baseline = round(top + size * (number * _LEADING + 1.0))
        place = ((width - line_width(row, size)) // 2, baseline)
        cv2.putText(canvas, seen(row), place, (244, 246, 248), font(), size, WEIGHT)
    return canvas


def _set(name: str, width: int, height: int) -> tuple[int, list[str]]:
    """The size of the letters and the lines: as large as fits."""
    room, short = round(width * _ROOM), min(width, height)
    for step in range(_STEPS):
        size = max(6, round(short * (_LARGEST + (_SMALLEST - _LARGEST) * step / (_STEPS - 1))))
        rows = lines(name, size, room)
        if len(rows) <= _MOST_LINES and size * _LEADING * len(rows) <= height * _TALLEST:
            return size, rows
    return size, [*rows[: _MOST_LINES - 1], rows[_MOST_LINES - 1][:-1].rstrip() + "…"]
