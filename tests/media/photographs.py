"""Real photographs (scikit-image's samples) and ways to write files a phone, or an attacker, would send."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import skimage.data
from PIL import Image

SAMPLES = Path(skimage.data.__file__).parent


def photograph(name: str = "coffee.png") -> Image.Image:
    """One of scikit-image's bundled photographs, as RGB."""
    with Image.open(SAMPLES / name) as image:
        return image.convert("RGB")


def encoded(image: Image.Image, file_format: str = "JPEG", **options: object) -> bytes:
    """The picture as a file; `options` go to Pillow."""
    out = io.BytesIO()
    image.save(out, file_format, **{"quality": 92, **options})
    return out.getvalue()


def png_that_claims(width: int, height: int, *, bit_depth: int = 1, colour_type: int = 0) -> bytes:
    """A valid PNG of any size: all its rows are zero, so that 900 megapixels take 110 kB."""
    row_bytes = 1 + (width * bit_depth * (3 if colour_type == 2 else 1) + 7) // 8
    packer = zlib.compressobj(9)
    packed = bytearray()
    for _ in range(height):
        packed += packer.compress(bytes(row_bytes))
    packed += packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", bytes(packed)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
