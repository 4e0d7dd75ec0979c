"""What Telegram does to pictures: photos become several JPEG sizes, thumbnails must be small JPEGs."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from sandbox.telegram.errors import BadRequest

SIZES = (90, 320, 800, 1280, 2560)
MAX_SIDES_SUM = 10_000
MAX_RATIO = 20
MAX_THUMBNAIL = 200_000
MAX_THUMBNAIL_SIDE = 320
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
_QUALITY = 87


@dataclass(frozen=True)
class Picture:
    """An encoded JPEG and its size in pixels."""

    data: bytes
    width: int
    height: int


def photo_sizes(data: bytes) -> list[Picture]:
    """Return a photo as Telegram keeps it, smallest first: upright, without metadata, at most 2560 px a side.

    Raises BadRequest for what is no picture, and for sides whose sum is above 10000 or whose ratio is above 20
    (Bot API, sendPhoto).
    """
    image = _open(data)
    width, height = image.size
    if width + height > MAX_SIDES_SUM or max(width, height) > MAX_RATIO * min(width, height):
        raise BadRequest("PHOTO_INVALID_DIMENSIONS")
    upright = _flat(ImageOps.exif_transpose(_decoded(image)))
    longest = max(upright.size)
    boxes = [box for box in SIZES if box < longest][: len(SIZES) - 1]
    return [_jpeg(upright, box) for box in (*boxes, min(longest, SIZES[-1]))]


def thumbnail(data: bytes) -> Picture:
    """Return a small picture of a picture, at most 320 px a side."""
    return _jpeg(_flat(ImageOps.exif_transpose(_decoded(_open(data)))), MAX_THUMBNAIL_SIDE)


def thumbnail_of(image: Image.Image) -> Picture:
    """Return a small picture of a decoded frame, at most 320 px a side."""
    return _jpeg(_flat(image), MAX_THUMBNAIL_SIDE)


def checked_thumbnail(data: bytes) -> Picture | None:
    """Return an uploaded thumbnail, or None where Telegram would silently ignore it.

    The rules are JPEG, under 200 kB, at most 320 px a side (Bot API, sendVideo).
    """
    try:
        image = _open(data)
    except BadRequest:
        return None
    if image.format != "JPEG" or len(data) >= MAX_THUMBNAIL or max(image.size) > MAX_THUMBNAIL_SIDE:
        return None
    return Picture(data, *image.size)


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise BadRequest("PHOTO_INVALID_DIMENSIONS") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise BadRequest("IMAGE_PROCESS_FAILED") from None


def _decoded(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError):
        raise BadRequest("IMAGE_PROCESS_FAILED") from None
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture as RGB; what is transparent becomes white."""
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    see_through = image.convert("RGBA")
    white = Image.new("RGBA", see_through.size, "white")
    return Image.alpha_composite(white, see_through).convert("RGB")


def _jpeg(image: Image.Image, side: int) -> Picture:
    small = image.copy()
    small.thumbnail((side, side))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=_QUALITY)
    return Picture(buffer.getvalue(), *small.size)
