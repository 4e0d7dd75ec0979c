"""A picture to hand around: a link as a QR code on a card of Echoes."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import segno
from PIL import Image, ImageDraw, ImageFont

SIDE: Final = 1280
"""Pixels: a size Telegram keeps, and twice 640, where modules still end on pixels."""

_SCALE: Final = 2  # drawn twice as large, since Pillow draws jagged
_AMBER, _COPPER = (242, 166, 90), (163, 67, 26)
_PAPER, _INK = (255, 253, 249), (44, 32, 25)
_QUIET: Final = 4  # modules of nothing around the code, ISO/IEC 18004
_PANEL: Final = 900
_PANEL_TOP: Final = 90
_FINDER: Final = 7
_MARK: Final = 0.2  # of the code's width: 3 % of its modules, where a quarter may be missing

Draw = ImageDraw.ImageDraw


def qr_card(link: str, name: str, address: str) -> bytes:
    """A JPEG of 1280×1280 pixels with the QR code of `link`, and below it a bot's `name` and its `address` (@…).

    A name in letters the built-in font does not have is left out. Blocks for some 60 ms: call it in a thread.
    """
    card = _background(SIDE * _SCALE)
    draw = ImageDraw.Draw(card)
    left = (SIDE - _PANEL) // 2
    _rounded(draw, left, _PANEL_TOP, _PANEL, 72, _PAPER)
    _code(draw, link, left, _PANEL_TOP)
    _names(draw, name, address)
    out = io.BytesIO()
    card.reduce(_SCALE).save(out, "JPEG", quality=90)
    return out.getvalue()


def _background(side: int) -> Image.Image:
    """From amber in the upper left to copper in the lower right."""
    along = np.linspace(0.0, 1.0, 2 * side - 1, dtype=np.float32)[:, None]
    blend = np.array(_AMBER, np.float32) * (1 - along) + np.array(_COPPER, np.float32) * along
    # All pixels of one diagonal are alike: each row is a stretch of the same line, one further on than the row above.
    rows = np.lib.stride_tricks.sliding_window_view(blend.round().astype(np.uint8), side, axis=0)
    return Image.fromarray(np.ascontiguousarray(rows.transpose(0, 2, 1)), "RGB")


def _code(draw: Draw, link: str, left: int, top: int) -> None:
    # Q: a quarter may be damaged or, as in the middle, covered.
    dark = np.array([list(row) for row in segno.make(link, error="q", micro=False).matrix], dtype=bool)
    count = len(dark)
    module = _PANEL // (count + 2 * _QUIET) // 2 * 2
    indent = (_PANEL - module * count) // 2
    x, y = left + indent, top + indent
    _modules(draw, _without_corners_and_middle(dark), x, y, module)
    for column, row in ((0, 0), (count - _FINDER, 0), (0, count - _FINDER)):
        _finder(draw, x + column * module, y + row * module, module)
    _mark(draw, left + _PANEL // 2, top + _PANEL // 2, round(module * count * _MARK))


def _without_corners_and_middle(dark: np.ndarray) -> np.ndarray:
    """What is drawn module by module: not the three finders, and not where the mark will be."""
    count = len(dark)
    place = np.arange(count)
    kept = dark.copy()
    kept[:_FINDER, :_FINDER] = kept[:_FINDER, -_FINDER:] = kept[-_FINDER:, :_FINDER] = False
    from_middle = np.hypot(*np.meshgrid(place + 0.5 - count / 2, place + 0.5 - count / 2))
    kept[from_middle < count * (_MARK / 2) + 0.8] = False
    return kept


def _modules(draw: Draw, dark: np.ndarray, x: int, y: int, module: int) -> None:
    """Dots that flow into their dark neighbours."""
    half = module // 2
    for row, column in np.argwhere(dark):
        left, top = x + int(column) * module, y + int(row) * module
        _rounded(draw, left, top, module, half, _INK)
        if column + 1 < len(dark) and dark[row, column + 1]:
            _box(draw, left + half, top, module, module, _INK)
        if row + 1 < len(dark) and dark[row + 1, column]:
            _box(draw, left, top + half, module, module, _INK)


def _finder(draw: Draw, x: int, y: int, module: int) -> None:
    # Rounder is prettier, but then simple readers no longer find the corners.
    for inset, radius, colour in ((0, 1.0, _INK), (1, 0.5, _PAPER), (2, 0.8, _COPPER)):
        side = (_FINDER - 2 * inset) * module
        _rounded(draw, x + inset * module, y + inset * module, side, round(radius * module), colour)


def _mark(draw: Draw, x: int, y: int, side: int) -> None:
    """The mark of Echoes: something that plays, and its echo."""
    unit = side / 32
    _rounded(draw, x - side // 2, y - side // 2, side, side // 3, _COPPER)
    tip = [(x - 8 * unit, y - 5.5 * unit), (x - 0.2 * unit, y), (x - 8 * unit, y + 5.5 * unit)]
    draw.polygon([(px * _SCALE, py * _SCALE) for px, py in tip], fill=_PAPER)
    for radius, colour in ((7.5, (242, 216, 196)), (11.5, (215, 160, 125))):
        box = [(x + move * radius * unit - 3 * unit) * _SCALE for move in (-1, 1)]
        tall = [(y + move * radius * unit) * _SCALE for move in (-1, 1)]
        draw.arc((box[0], tall[0], box[1], tall[1]), -52, 52, fill=colour, width=round(2.4 * unit * _SCALE))


def _names(draw: Draw, name: str, address: str) -> None:
    known = name if name.isascii() and name.isprintable() else ""
    below = _PANEL_TOP + _PANEL
    if known.strip():
        _centred(draw, known, below + 105, 84)
        _centred(draw, address, below + 200, 50)
    else:
        _centred(draw, address, below + 145, 84)


def _centred(draw: Draw, text: str, y: int, size: int) -> None:
    font = ImageFont.load_default(size * _SCALE)
    room = (SIDE - 120) * _SCALE
    if font.getlength(text) > room:
        font = ImageFont.load_default(size * _SCALE * room / font.getlength(text))
    draw.text((SIDE * _SCALE / 2, y * _SCALE), text, fill=_PAPER, font=font, anchor="mm")


def _rounded(draw: Draw, x: int, y: int, side: int, radius: int, colour: tuple[int, int, int]) -> None:
    box = (x * _SCALE, y * _SCALE, (x + side) * _SCALE - 1, (y + side) * _SCALE - 1)
    draw.rounded_rectangle(box, radius * _SCALE, fill=colour)


def _box(draw: Draw, x: int, y: int, width: int, height: int, colour: tuple[int, int, int]) -> None:
    draw.rectangle((x * _SCALE, y * _SCALE, (x + width) * _SCALE - 1, (y + height) * _SCALE - 1), fill=colour)
