"""One picture that shows all photos of an album, numbered in order."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

MOST_PHOTOS: Final = 10

_WIDTH: Final = 1280
_GAP: Final = 10
_PAPER: Final = (246, 244, 240)
_ROWS: Final[dict[int, tuple[int, ...]]] = {
    1: (1,), 2: (2,), 3: (3,), 4: (2, 2), 5: (2, 3), 6: (3, 3), 7: (3, 4), 8: (4, 4), 9: (3, 3, 3), 10: (3, 3, 4),
}  # fmt: skip


def contact_sheet(photos: Sequence[bytes], first: int = 1) -> bytes:
    """A JPEG, 1280 pixels wide, with up to ten normalised photos in reading order, a number on each
    from `first` on.

    Rows fill the width, so the rows of an uneven number differ a little in height and nothing stays empty.

    Raises:
        ValueError: there are no photos, or more than ten.
    """
    if not 1 <= len(photos) <= MOST_PHOTOS:
        raise ValueError(f"a contact sheet shows 1 to {MOST_PHOTOS} photos, not {len(photos)}")
    images = [Image.open(io.BytesIO(photo), formats=("JPEG",)) for photo in photos]
    cells = _cells([image.width / image.height for image in images])
    sheet = Image.new("RGB", (_WIDTH, cells[-1][3] + _GAP), _PAPER)
    for number, (image, (left, top, right, bottom)) in enumerate(zip(images, cells, strict=True), start=first):
        with image:
            sheet.paste(_cropped(image, (right - left, bottom - top)), (left, top))
        badge = _badge(number)
        sheet.paste(badge, (left + 14, top + 14), badge)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88)
    return out.getvalue()


def _cells(ratios: list[float]) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of each photo. A row is as tall as its photos would like, within reason."""
    cells: list[tuple[int, int, int, int]] = []
    top = _GAP
    for count in _ROWS[len(ratios)]:
        wanted = median(ratios[len(cells) : len(cells) + count])
        width = (_WIDTH - _GAP) / count
        bottom = top + round((width - _GAP) / min(max(wanted, 0.75), 1.6))
        edges = [_GAP + round(width * column) for column in range(count + 1)]
        cells += [(left, top, right - _GAP, bottom) for left, right in pairwise(edges)]
        top = bottom + _GAP
    return cells


def _cropped(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Filled from the photo; of what is too tall the upper part stays, where faces are."""
    image.draft("RGB", (size[0] * 2, size[1] * 2))
    return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.LANCZOS, centering=(0.5, 0.33))


def _badge(number: int) -> Image.Image:
    """A white disc with a dark number, 52 pixels across; drawn four times as large, since Pillow draws jagged."""
    side, scale = 52, 4
    large = Image.new("RGBA", (side * scale, side * scale), (255, 255, 255, 0))
    draw = ImageDraw.Draw(large)
    draw.ellipse((0, 0, side * scale - 1, side * scale - 1), fill=(20, 20, 24, 110))
    draw.ellipse((6, 6, side * scale - 7, side * scale - 7), fill=(255, 255, 255, 245))
    font = ImageFont.load_default(size=(28 if number < 100 else 20) * scale)
    draw.text((side * scale / 2, side * scale / 2), str(number), fill=(24, 24, 28), font=font, anchor="mm")
    return large.resize((side, side), Image.Resampling.LANCZOS)
