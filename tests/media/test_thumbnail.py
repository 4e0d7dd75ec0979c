from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from media.thumbnail import thumbnail
from tests.media.clips import make_clip


def still(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(thumbnail(path)), formats=("JPEG",))


@pytest.mark.parametrize(
    ("size", "expected"), [((640, 360), (320, 180)), ((360, 640), (180, 320)), ((64, 64), (64, 64))]
)
def test_it_fits_into_320_pixels_and_keeps_the_shape(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert still(make_clip(tmp_path / "clip.mp4", size=size, seconds=0.3)).size == expected


def test_it_looks_past_a_fade_from_black(tmp_path: Path) -> None:
    path = tmp_path / "fade.mp4"
    write(path, [np.full((180, 320, 3), min(250, 10 * n), np.uint8) for n in range(48)])

    assert abs(np.asarray(still(path)).mean() - 240) < 8


def test_even_noise_stays_below_200_kilobytes(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (640, 640, 3), np.uint8)
    path = tmp_path / "noise.mp4"
    write(path, [noise] * 2)

    assert len(thumbnail(path)) < 200_000


def write(path: Path, pictures: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> None:
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "1", "preset": "ultrafast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
