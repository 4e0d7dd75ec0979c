"""Clips whose every frame says which it is, sound that clicks where the picture flashes, and a shelf for parts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from media.film.encoding import ENCODER

SIZE = (160, 90)
_BITS = 8
_SOUND_RATE = 48_000

Draw = Callable[[int], NDArray[np.uint8]]


def numbered(
    path: Path,
    clip: int,
    *,
    frames: int = 24,
    size: tuple[int, int] = SIZE,
    rate: int = 24,
    sound: bool = False,
    **other: str,
) -> Path:
    """A clip as the embedded renderer encodes them; in each frame stand the clip's number and its own, in bits."""
    clicks = [0.25] if sound else None
    return filmed(path, lambda frame: _coded(clip, frame, size), frames=frames, rate=rate, clicks=clicks, **other)


def filmed(
    path: Path, draw: Draw, *, frames: int, rate: int = 24, clicks: list[float] | None = None, **other: str
) -> Path:
    """A clip of grey frames as drawn, with clicks at these seconds. `other` are other settings of the encoder."""
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate, options=ENCODER | other)
        first = draw(0)
        stream.height, stream.width = first.shape
        stream.pix_fmt = "yuv420p"
        sound = container.add_stream("aac", rate=_SOUND_RATE, layout="stereo") if clicks is not None else None
        for number in range(frames):
            picture = draw(number)
            grey = np.full((first.shape[0] // 2, first.shape[1]), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.vstack([picture, grey]), "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            _sing(container, sound, _clicks(clicks or [], frames / rate))
    return path


def music(path: Path, seconds: float, clicks: list[float]) -> Path:
    """AAC in an .m4a with clicks at these seconds."""
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        _sing(container, container.add_stream("aac", rate=_SOUND_RATE, layout="stereo"), _clicks(clicks, seconds))
    return path


def _clicks(times: list[float], seconds: float) -> NDArray[np.float32]:
    samples = np.zeros(round(seconds * _SOUND_RATE), np.float32)
    ring = np.sin(np.arange(480) * 2 * np.pi * 2000 / _SOUND_RATE) * np.linspace(1, 0, 480)
    for time in times:
        start = round(time * _SOUND_RATE)
        samples[start : start + 480] += 0.8 * ring[: len(samples) - start]
    return samples


def _sing(container: av.container.OutputContainer, stream: av.AudioStream, samples: NDArray[np.float32]) -> None:
    for start in range(0, len(samples), 1024):
        some = samples[start : start + 1024]
        frame = av.AudioFrame.from_ndarray(np.stack([some, some]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = _SOUND_RATE, start, Fraction(1, _SOUND_RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _coded(clip: int, frame: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    width, height = size
    picture = np.full((height, width), 90, np.uint8)
    for row, number in enumerate((clip, frame)):
        for bit in range(_BITS):
            left, right = width * (bit + 1) // (_BITS + 2), width * (bit + 2) // (_BITS + 2)
            top, bottom = height * (1 + 4 * row) // 9, height * (4 + 4 * row) // 9
            picture[top:bottom, left:right] = 225 if number >> bit & 1 else 25
    return picture


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    """The brightness of each frame as it is shown."""
    with av.open(path) as container:
        return [np.asarray(frame.reformat(format="gray").to_ndarray(), np.uint8) for frame in container.decode(video=0)]


def codes(path: Path) -> list[tuple[int, int]]:
    """(clip, frame) of each frame shown; what is blended reads as anything."""
    return [(_number(picture, 0), _number(picture, 1)) for picture in pictures(path)]


def _number(picture: NDArray[np.uint8], row: int) -> int:
    height, width = picture.shape
    line = picture[height * (5 + 8 * row) // 18]
    bits = [line[width * (2 * bit + 3) // (2 * (_BITS + 2))] > 125 for bit in range(_BITS)]
    return sum(1 << place for place, bit in enumerate(bits) if bit)


def expected(clip: int, frames: int = 24, first: int = 0) -> list[tuple[int, int]]:
    return [(clip, frame) for frame in range(first, frames)]


def samples(path: Path) -> NDArray[np.float64]:
    """The left channel, its first sample at the film's first moment."""
    with av.open(path) as container:
        length = round(float(container.duration or 0) / av.time_base * _SOUND_RATE)
        heard = np.zeros(length + 4096)
        end = 0
        for frame in container.decode(audio=0):
            some = frame.to_ndarray()[0]
            start = round(float(frame.time or 0) * _SOUND_RATE)
            end = start + len(some)
            heard[start:end] = some
        return heard[:end]


def lengths(path: Path) -> list[float]:
    """Seconds of each stream: the pictures', then the sound's."""
    with av.open(path) as container:
        return [float((stream.duration or 0) * (stream.time_base or 0)) for stream in container.streams]


def stamps(path: Path) -> list[tuple[int, int]]:
    """When each frame is shown and when it is decoded, in frames of a film of 24 a second, in the order they lie."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        step = round(1 / (24 * (stream.time_base or 1)))
    found = [(divmod(packet.pts or 0, step), divmod(packet.dts or 0, step)) for packet in packets]
    assert all(shown[1] == decoded[1] == 0 for shown, decoded in found)
    return [(shown[0], decoded[0]) for shown, decoded in found]


def heard_at(path: Path) -> list[float]:
    """The seconds at which clicks begin."""
    loud = np.flatnonzero(np.abs(samples(path)) > 0.15)
    begins = loud[np.diff(loud, prepend=-_SOUND_RATE) > _SOUND_RATE // 10]
    return [float(begin) / _SOUND_RATE for begin in begins]


class Shelf:
    """Keeps parts in memory, and remembers how many were put there: as many as were encoded."""

    def __init__(self) -> None:
        self.parts: dict[str, bytes] = {}
        self.kept = 0

    async def fetch(self, digest: str, into: Path) -> bool:
        if digest not in self.parts:
            return False
        into.write_bytes(self.parts[digest])
        return True

    async def keep(self, digest: str, part: Path) -> None:
        self.parts[digest] = part.read_bytes()
        self.kept += 1
