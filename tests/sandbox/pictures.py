"""Real files to send: pictures from Pillow, clips and sounds from PyAV."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from functools import cache

import av
import numpy
from PIL import Image


@cache
def jpeg(width: int = 640, height: int = 480, exif_orientation: int | None = None) -> bytes:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    if exif_orientation:
        exif[0x0112] = exif_orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80, exif=exif)
    return buffer.getvalue()


@cache
def png(width: int, height: int) -> bytes:
    """Black. Drawn some lines at a time: as one picture, a huge one takes seconds and hundreds of megabytes."""
    size = height * (1 + (width + 7) // 8)
    block, blocks = bytes(1 << 20), size >> 20
    deflate = zlib.compressobj(1)
    black = (*(deflate.compress(block) for _ in range(blocks)), deflate.compress(bytes(size - (blocks << 20))))
    pixels = b"".join([*black, deflate.flush()])
    chunks = (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), (b"IDAT", pixels), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


@cache
def gif() -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("P", (32, 24), color) for color in range(3)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@cache
def mp4(width: int = 128, height: int = 96, seconds: int = 2) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(10 * seconds):
            picture = numpy.full((height, width, 3), index * 5, numpy.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return buffer.getvalue()


@cache
def sound(seconds: int = 1, container_format: str = "wav", codec: str = "pcm_s16le") -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=8000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        silence = numpy.zeros((1, 8000 * seconds), numpy.int16)
        frame = av.AudioFrame.from_ndarray(silence, format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = 8000, Fraction(1, 8000), 0
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return buffer.getvalue()
