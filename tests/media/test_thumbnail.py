from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from media.thumbnail import thumbnail
from tests.media.clips import make_clip


async def still(path: Path, *, seconds: float) -> Image.Image:
    await thumbnail(path, path.with_suffix(".jpg"), seconds=seconds)
    return Image.open(path.with_suffix(".jpg"), formats=("JPEG",))


@pytest.mark.parametrize(
    ("size", "expected"), [((640, 360), (320, 180)), ((360, 640), (180, 320)), ((64, 64), (64, 64))]
)
async def test_it_fits_into_320_pixels_and_keeps_the_shape(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", size=size, seconds=0.3)
    with await still(clip, seconds=0.3) as picture:
        assert picture.size == expected


async def test_it_looks_past_a_fade_from_black(tmp_path: Path) -> None:
    path = tmp_path / "fade.mp4"
    write(path, [np.full((180, 320, 3), min(250, 10 * n), np.uint8) for n in range(48)])

    with await still(path, seconds=2) as picture:
        assert abs(np.asarray(picture).mean() - 240) < 8


async def test_what_is_shorter_than_it_was_said_to_be_has_one_all_the_same(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "short.mp4", seconds=0.2)
    with await still(path, seconds=5) as picture:
        assert picture.size == (320, 180)


async def test_even_noise_stays_below_200_kilobytes(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (640, 640, 3), np.uint8)
    path = tmp_path / "noise.mp4"
    write(path, [noise] * 2)

    with await still(path, seconds=2 / 24):
        assert path.with_suffix(".jpg").stat().st_size < 200_000


def write(path: Path, pictures: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]) -> None:
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "1", "preset": "ultrafast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
