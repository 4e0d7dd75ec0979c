"""Small real clips, encoded here, and clips with something wrong."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from tests.media.photographs import photograph


def make_clip(
    path: Path,
    *,
    seconds: float = 1.0,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    pixels: str = "yuv420p",
    aspect: int = 1,
    rate: int = 24,
    black: bool = False,
    faststart: bool = True,
) -> Path:
    """A photograph sliding by, as MP4."""
    options = {"movflags": "+faststart"} if faststart else {}
    with av.open(path, "w", format="mp4", options=options) as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.sample_aspect_ratio = Fraction(aspect, 1)
        for picture in _sliding(size, round(seconds * rate), black=black):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return path


def _sliding(size: tuple[int, int], count: int, *, black: bool) -> list[npt.NDArray[np.uint8]]:
    wide = np.asarray(photograph().resize((size[0] + count * 2, size[1])))
    if black:
        wide = np.zeros_like(wide)
    return [np.ascontiguousarray(wide[:, 2 * i : 2 * i + size[0]]) for i in range(count)]


def cut(path: Path, part: float) -> Path:
    """The first part of a file, as left by a download that broke off."""
    copy = path.with_name(f"cut-{part}-{path.name}")
    copy.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    return copy


def scratched(path: Path, where: float, *, length: int = 400) -> Path:
    """A copy with some bytes overwritten."""
    copy = Path(shutil.copy(path, path.with_name(f"scratched-{where}-{path.name}")))
    with copy.open("r+b") as file:
        file.seek(int(path.stat().st_size * where))
        file.write((b"\x5a\xa5" * length)[:length])
    return copy
