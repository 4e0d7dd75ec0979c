"""What people send as a photo, made safe: decoded for real, upright, sRGB, bounded, with nothing but pixels left.

The file is always encoded anew. Whatever else was in it (GPS in EXIF, thumbnails, an archive or a web page glued to
its end) does not survive, because only decoded pixels are carried over.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from PIL import Image, ImageCms

from media.errors import PhotoProblem, PhotoRefused

Shape: TypeAlias = Literal["16:9", "9:16", "1:1"]

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
"""As much as a bot can download from Telegram (https://core.telegram.org/bots/api#getfile)."""
MAX_PIXELS: Final = 52_000_000
"""Lets a 50-megapixel phone camera through; decoded it is 208 MB at worst (RGBA)."""
MIN_SIDE: Final = 200
"""Pixels of the shorter side; below this a 720p clip is a blur."""
MAX_RATIO: Final = 4.0
"""Longer side to shorter side; beyond it any of our shapes would show a small part of the photo."""
MAX_SIDE: Final = 2560
"""Pixels of the longer side of what is kept: twice the width of a 720p clip, so that a zoom stays sharp."""
JPEG_QUALITY: Final = 90

_MAX_JPEG_SCANS: Final = 200
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_ORIENTATION_TAG: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's decoders raise on hostile bytes, besides the OSError it documents.
_DECODER_ERRORS: Final = (
    OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError,
    struct.error, zlib.error,
)  # fmt: skip
# First bytes of things people do send, so that they can be told "another format" and not "no picture".
_OTHER_FORMATS: Final = (
    b"BM", b"II*\0", b"MM\0*", b"%PDF", b"%!PS", b"\xc5\xd0\xd3\xc6", b"<svg", b"8BPS", b"\0\0\0\x0cjP",
    b"\xff\x0a", b"\0\0\0\x0cJXL", b"\0\0\1\0", b"\x1aE\xdf\xa3", b"RIFF",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Photo:
    """A normalised photo: an upright sRGB JPEG without metadata, its size in pixels and the shape nearest to it."""

    data: bytes
    width: int
    height: int
    shape: Shape


def normalise(data: bytes) -> Photo:
    """Decode an untrusted file and encode it anew. Takes up to a second of CPU: call it in a thread.

    Raises:
        PhotoRefused: the file is not a JPEG, PNG or WebP photo within our bounds.
    """
    image = _open(data)
    with image:
        _refuse_bad_dimensions(*image.size)
        upright = _UPRIGHT.get(_orientation(image))
        profile = image.info.get("icc_profile")
        pixels = _to_srgb(_decode(image), profile)
    if upright is not None:
        pixels = pixels.transpose(upright)
    return Photo(_encode(pixels), pixels.width, pixels.height, nearest_shape(pixels.width, pixels.height))


def nearest_shape(width: int, height: int) -> Shape:
    """The shape whose ratio is nearest; 4:3, which lies half-way between square and wide, counts as wide."""
    if width >= height * 1.3:
        return "16:9"
    if height >= width * 1.3:
        return "9:16"
    return "1:1"


def _open(data: bytes) -> Image.Image:
    if not data:
        raise PhotoRefused(PhotoProblem.EMPTY)
    if len(data) > MAX_FILE_BYTES:
        raise PhotoRefused(PhotoProblem.TOO_LARGE_FILE)
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > _MAX_JPEG_SCANS:
        # Each scan of a progressive JPEG walks over the whole picture: thousands of empty ones cost minutes of CPU.
        raise PhotoRefused(PhotoProblem.DAMAGED)
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRefused(PhotoProblem.TOO_MANY_PIXELS) from error
    except _DECODER_ERRORS as error:
        raise PhotoRefused(_what_it_is_instead(data)) from error
    # A JPEG with a second picture inside (MPO: depth maps, HDR gain maps of phones) is a still all the same.
    if image.format in {"GIF", "PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise PhotoRefused(PhotoProblem.ANIMATED)
    if image.format == "GIF":
        raise PhotoRefused(PhotoProblem.UNSUPPORTED_FORMAT)
    return image


def _what_it_is_instead(data: bytes) -> PhotoProblem:
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")) or data[8:12] == b"WEBP":
        return PhotoProblem.DAMAGED
    is_xml_picture = start.startswith(b"<?xml") and b"<svg" in data[:4096]
    if start.startswith(_OTHER_FORMATS) or data[4:8] == b"ftyp" or is_xml_picture:
        return PhotoProblem.UNSUPPORTED_FORMAT
    return PhotoProblem.NOT_AN_IMAGE


def _refuse_bad_dimensions(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoRefused(PhotoProblem.TOO_MANY_PIXELS)
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PhotoRefused(PhotoProblem.TOO_NARROW)
    if min(width, height) < MIN_SIDE:
        raise PhotoRefused(PhotoProblem.TOO_SMALL)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except _DECODER_ERRORS:
        return 1  # EXIF nobody can read turns nothing


def _decode(image: Image.Image) -> Image.Image:
    """The pixels within MAX_SIDE, still in the colours of the file, alpha laid over white."""
    target = _bounded(*image.size)
    try:
        if image.format in {"JPEG", "MPO"}:
            image.draft(None, target)  # lets libjpeg skip what a smaller picture does not need
        image.load()
        pixels = _flatten(image)
    except _DECODER_ERRORS as error:
        raise PhotoRefused(PhotoProblem.DAMAGED) from error
    return pixels.resize(target, Image.Resampling.LANCZOS, reducing_gap=3.0) if pixels.size != target else pixels


def _bounded(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, MAX_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16-bit grey: Pillow's own conversion would clip everything above 255 to white
        # On such pictures Pillow takes only "value * scale + offset", written out.
        return image.convert("F").point(lambda value: value * (1 / 257) + 0.0).convert("L")
    if image.mode in {"RGB", "CMYK", "L"} and "transparency" not in image.info:
        return image
    if image.mode in {"1", "YCbCr", "LAB", "HSV"}:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    background = Image.new("RGB", layered.size, "white")
    background.paste(layered, mask=layered.getchannel("A"))
    return background


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded profile, so that wide-gamut photos of phones keep their colours without it."""
    if profile:
        try:
            source = ImageCms.getOpenProfile(io.BytesIO(profile))
            if "srgb" not in ImageCms.getProfileDescription(source).lower():
                converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
                return converted if converted is not None else image.convert("RGB")
        except (ImageCms.PyCMSError, *_DECODER_ERRORS):
            pass  # a profile that does not fit its picture is ignored, as browsers do
    return image.convert("RGB")


def _encode(image: Image.Image) -> bytes:
    image.info.clear()  # Pillow would write a comment or a profile it finds here into the new file
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
