"""A photo small enough for what it is put into."""

from __future__ import annotations

import base64
import io
from typing import Final

from PIL import Image

QUALITY: Final = 88
SHRINKING: Final = 0.8
LEAST_SIDE: Final = 480
"""Pixels of the longer side; below this there is nothing left to make a clip of."""


def fitted(photo: bytes, most_bytes: int, *, most_side: int | None = None) -> bytes | None:
    """The JPEG itself where it fits, else encoded anew, smaller and smaller. Takes CPU: call it in a thread.

    `most_side` bounds its longer side in pixels. None where it cannot be made to fit, or cannot be decoded.
    """
    if len(photo) <= most_bytes and most_side is None:
        return photo
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG",)) as image:
            if len(photo) <= most_bytes and max(image.size) <= (most_side or 0):
                return photo
            pixels = image.convert("RGB")
    except OSError:
        return None
    side = min(max(pixels.size), most_side or max(pixels.size))
    least = min(LEAST_SIDE, side)
    while side >= least:
        smaller = _encoded(pixels, side)
        if len(smaller) <= most_bytes:
            return smaller
        side = int(side * SHRINKING)
    return None


def data_uri(photo: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}"


def data_uri_room(most_characters: int) -> int:
    """How many bytes a photo may have to make a data URI of at most so many characters."""
    return (most_characters - len(data_uri(b""))) // 4 * 3


def _encoded(pixels: Image.Image, side: int) -> bytes:
    scale = side / max(pixels.size)
    size = (max(1, round(pixels.width * scale)), max(1, round(pixels.height * scale)))
    smaller = pixels if size == pixels.size else pixels.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    smaller.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
