"""Files that a vendor may deliver as a finished clip of five seconds, and that are none."""

from __future__ import annotations

import base64
import gzip
import io
import random
import struct
import tempfile
import zipfile
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.media.clips import make_clip
from tests.media.photographs import encoded, photograph
from tests.support.vendor import real_clip

SECONDS = 5.0
SIZE = (160, 90)
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


def _made(seconds: float = SECONDS, size: tuple[int, int] = SIZE, **odd: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return make_clip(Path(folder) / "clip.mp4", seconds=seconds, size=size, rate=8, **odd).read_bytes()


def _muxed(form: str, codec: str, *, pixels: str = "yuv420p") -> bytes:
    """The same pictures in another box, or by another codec."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream = container.add_stream(codec, rate=8)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *SIZE, pixels
        picture = np.asarray(photograph().resize(SIZE))
        for number in range(40):
            moved = np.ascontiguousarray(np.roll(picture, number * 3, axis=1))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(moved, "rgb24").reformat(format=pixels)))
        container.mux(stream.encode())
    return out.getvalue()


def _still(count: int, *, lasting: float) -> bytes:
    """One picture, `count` times within so many seconds."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(count) / Fraction(lasting))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.asarray(photograph().resize(SIZE)), "rgb24")
        for number in range(count):
            picture.pts = number
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return out.getvalue()


def _sound_only() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        for number in range(int(SECONDS * 44100 / 1024)):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44100, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def _turned() -> bytes:
    out = io.BytesIO()
    with av.open(io.BytesIO(real_clip()), "r") as source, av.open(out, "w", format="mp4") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(90)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return out.getvalue()


def _first_fragments(part: float) -> bytes:
    """A fragmented file that broke off between two fragments: what is there is sound."""
    out = io.BytesIO()
    with av.open(io.BytesIO(real_clip()), "r") as source:
        options = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_size": "2000"}
        with av.open(out, "w", format="mp4", options=options) as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            packets = [packet for packet in source.demux(video=0) if packet.dts is not None]
            for packet in packets[: int(len(packets) * part)]:
                packet.stream = stream
                target.mux(packet)
    return out.getvalue()


def _patched(box: bytes, offset: int, value: bytes, data: bytes | None = None) -> bytes:
    """`offset` counts from the end of the box's name."""
    whole = bytearray(data or real_clip())
    at = whole.index(box) + 4 + offset
    whole[at : at + len(value)] = value
    return bytes(whole)


def _lying(box: bytes, seconds: float, data: bytes | None = None) -> bytes:
    """A header (mvhd or mdhd, version 0) that tells another length than there is."""
    whole = data or real_clip()
    at = whole.index(box) + 4
    (scale,) = struct.unpack(">I", whole[at + 12 : at + 16])
    return _patched(box, 16, struct.pack(">I", int(seconds * scale)), whole)


def _of_size(box: bytes, size: tuple[int, int]) -> bytes:
    """A header (tkhd, or avc1 of stsd) that tells another size than the pictures have."""
    if box == b"avc1":
        return _patched(b"stsd", 8 + 8 + 24, struct.pack(">HH", *size))
    return _patched(box, 76, struct.pack(">II", *(side << 16 for side in size)))


def _pictures(data: bytes) -> int:
    return data.index(b"mdat") + 4


def _overwritten(data: bytes) -> bytes:
    third = _pictures(data) + (len(data) - _pictures(data)) // 3
    return data[:third] + random.Random(1).randbytes(len(data) - third)


def _hollow(data: bytes) -> bytes:
    """The length is right, but the second half never came."""
    half = _pictures(data) + (len(data) - _pictures(data)) // 2
    return data[:half] + bytes(len(data) - half)


def _zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("clip.mp4", data)
    return out.getvalue()


FTYP = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"

SPOILT: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one zero": lambda: b"\0",
    "zeros": lambda: bytes(100_000),
    "a proxy's page": lambda: b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>",
    "an error in JSON": lambda: b'{"error": {"code": 500, "message": "try again"}}',
    "an error in XML": lambda: b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    "noise": lambda: random.Random(2).randbytes(50_000),
    "noise that begins like a clip": lambda: FTYP + random.Random(3).randbytes(50_000),
    "a playlist": lambda: PLAYLIST,
    "a playlist that begins like a clip": lambda: FTYP + PLAYLIST,
    "a list of files": lambda: b"ffconcat version 1.0\nfile /etc/passwd\n",
    "the clip in base64": lambda: base64.b64encode(real_clip()),
    "the clip, packed by gzip": lambda: gzip.compress(real_clip()),
    "the clip in an archive": lambda: _zipped(real_clip()),
    "half of it": lambda: real_clip()[: len(real_clip()) // 2],
    "nearly all of it": lambda: real_clip()[: len(real_clip()) - 200],
    "half of it, the index was to follow": lambda: (whole := _made(faststart=False))[: len(whole) // 2],
    "the index and no pictures": lambda: real_clip()[: _pictures(real_clip())],
    "noise in the pictures": lambda: _overwritten(real_clip()),
    "a hollow second half": lambda: _hollow(real_clip()),
    "the first fragments": lambda: _first_fragments(0.6),
    "a GIF": lambda: encoded(photograph().resize(SIZE), "GIF", quality=0),
    "a PNG": lambda: encoded(photograph().resize(SIZE), "PNG"),
    "a JPEG": lambda: encoded(photograph().resize(SIZE)),
    "a moving GIF": lambda: _muxed("gif", "gif", pixels="rgb8"),
    "a Matroska film": lambda: _muxed("matroska", "libx264"),
    "a transport stream": lambda: _muxed("mpegts", "libx264"),
    "another codec": lambda: _made(codec="mpeg4"),
    "another way of colour": lambda: _made(pixels="yuv444p"),
    "pixels that are not square": lambda: _made(aspect=2),
    "turned by a quarter": _turned,
    "sound and no picture": _sound_only,
    "half as long": lambda: _made(seconds=SECONDS / 2),
    "twice as long": lambda: _made(seconds=SECONDS * 2),
    "black": lambda: _made(black=True),
    "a single picture that lasts": lambda: _still(1, lasting=SECONDS),
    "a picture that does not move": lambda: _still(40, lasting=SECONDS),
    "a track that says it is as long as ordered": lambda: _lying(b"mdhd", SECONDS, _made(seconds=SECONDS / 2)),
    "the shape of a phone": lambda: _made(size=SIZE[::-1]),
    "a square": lambda: _made(size=(SIZE[1], SIZE[1])),
    "a film that says it is longer": lambda: _lying(b"mvhd", SECONDS * 100),
    "a film that says it is shorter": lambda: _lying(b"mvhd", 0.5),
    "a track that is to be shown for a moment": lambda: _patched(b"tkhd", 20, struct.pack(">I", 500)),
    "a track that is to be shown upright": lambda: _of_size(b"tkhd", SIZE[::-1]),
    "a track that is to be shown as nothing": lambda: _of_size(b"tkhd", (0, 0)),
    "pictures that are said to be huge": lambda: _of_size(b"avc1", (1280, 720)),
    "an edit that hides most of it": lambda: _patched(b"elst", 8, struct.pack(">I", 1000)),
    "an edit that begins beyond its end": lambda: _patched(b"elst", 12, struct.pack(">i", 2**30)),
}


@cache
def spoilt(name: str) -> bytes:
    return SPOILT[name]()
