"""The two pictures a clip is made from: the photo cut to shape, and the label above it."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont, ImageOps

_GREY = 96
_INK = (255, 255, 255, 230)
_SHADOW = (0, 0, 0, 150)


def draw_still(size: tuple[int, int], photo: bytes | None, *, black: bool = False) -> bytes:
    """Return RGB pixels, three bytes each: the photo filling the frame, grey without one, or nothing but black."""
    if photo is None or black:
        return bytes([0 if black else _GREY]) * (size[0] * size[1] * 3)
    with Image.open(io.BytesIO(photo), formats=("JPEG",)) as image:
        return ImageOps.fit(image.convert("RGB"), size, Image.Resampling.BILINEAR).tobytes()


def draw_label(size: tuple[int, int], text: str) -> bytes:
    """Return RGBA pixels: a text at the lower left, nothing else."""
    picture = Image.new("RGBA", size)
    if text:
        height = max(12, size[1] // 24)
        font = ImageFont.load_default(height)
        place = (height, size[1] - 2 * height)
        draw = ImageDraw.Draw(picture)
        left, top, right, bottom = draw.textbbox(place, text, font)
        draw.rectangle((left - height // 3, top - height // 3, right + height // 3, bottom + height // 3), fill=_SHADOW)
        draw.text(place, text, _INK, font)
    return picture.tobytes()
