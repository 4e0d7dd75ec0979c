"""From a photo and a plan to an MP4."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from providers.base import Shape
from providers.local.camera import Camera
from providers.local.overlays import Overlays
from providers.local.picture import Picture, load
from providers.local.prompt import Plan
from providers.local.warp import Warp

FRAME_RATE = 24
SIZES: dict[Shape, tuple[int, int]] = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720)}
OVERSAMPLING = 1.5
"""The picture is kept this much larger than the frame, so that zooming in shows detail and not blur."""
ENCODER = {
    "preset": "veryfast",
    "crf": "22",
    "profile": "high",
    # A player that is not told assumes the colours of some other standard. And x264's macroblock tree gives other
    # bytes each time where the width is no multiple of 32 (measured, 720 is none): the same plan must be the same clip.
    "x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv:mbtree=0",
}
ENCODER_THREADS = 2

cv2.setNumThreads(1)  # several clips are rendered side by side; each stays on its own thread


class Stopped(Exception):
    """The caller asked to stop."""


def render(
    photo: bytes,
    plan: Plan,
    into: Path,
    *,
    size: tuple[int, int],
    seconds: float,
    on_progress: Callable[[float], None] = lambda _done: None,
    wants_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Write a clip of `size` (width, height) and `seconds`, 24 frames a second, without sound.

    H.264 in yuv420p, square pixels, the index in front. Raises ValueError for a photo that cannot be decoded, Stopped.
    """
    frames = Frames(photo, plan, size=size, seconds=seconds)
    with av.open(str(into), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAME_RATE, options=ENCODER)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = ENCODER_THREADS
        for number in range(frames.count):
            if wants_stop():
                raise Stopped
            picture = av.VideoFrame.from_ndarray(frames.draw(number), format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, FRAME_RATE)
            container.mux(stream.encode(picture))
            on_progress((number + 1) / frames.count)
        container.mux(stream.encode(None))


class Frames:
    """The frames of a clip, drawn one after another into the same memory."""

    def __init__(self, photo: bytes, plan: Plan, *, size: tuple[int, int], seconds: float) -> None:
        self.count = round(seconds * FRAME_RATE)
        width, height = size
        larger = (_even(width * OVERSAMPLING), _even(height * OVERSAMPLING))
        self._picture = load(photo, larger)
        self.camera = Camera(plan, self._picture.y, frame=size, seconds=seconds)
        self._warp = Warp(size)
        self._overlays = Overlays(plan, size=size, seconds=seconds)
        self._buffer = np.empty((height * 3 // 2, width), np.uint8)
        flat, area, half = self._buffer.reshape(-1), width * height, (height // 2, width // 2)
        self._frame = Picture(
            self._buffer[:height],
            flat[area : area + area // 4].reshape(half),
            flat[area + area // 4 :].reshape(half),
        )

    def draw(self, number: int) -> NDArray[np.uint8]:
        """Frame `number` as one array of height · 3/2 rows: the three planes one after another (I420)."""
        time = number / max(1, self.count - 1)
        self._warp.draw(self._picture, self._frame, lambda places: self.camera.sources(places, time))
        self._overlays.draw(self._frame, time)
        return self._buffer


def _even(length: float) -> int:
    return round(length / 2) * 2
