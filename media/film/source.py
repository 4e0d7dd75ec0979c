"""What a clip is, as its packets tell it: nothing is decoded to find out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import av
from av.container import InputContainer

from media.errors import ClipProblem, ClipRefused

_RATES: Final = (
    *(Fraction(rate) for rate in (8, 10, 12, 15, 16, 20, 24, 25, 30, 48, 50, 60)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 60)),
)
_OFF_GRID: Final = 0.1
"""Frames by which a time stamp may miss its place: coarse time bases round."""
_YUV420_PROFILES: Final = {66, 77, 100}
"""Baseline, Main, High (H.264, annex A.2): eight bits, and colour at half the resolution."""


@dataclass(frozen=True)
class Source:
    """A clip on disk. `order` lists its frames, numbered as shown, in the order they are decoded; None where they do
    not lie evenly in time. `keys` are the packets decoding can begin at."""

    path: Path
    width: int
    height: int
    rate: Fraction
    seconds: float
    headers: bytes
    """H.264's parameter sets as MP4 has them (avcC); empty for anything else."""
    order: tuple[int, ...] | None
    keys: frozenset[int]
    has_sound: bool
    matrix: int
    """Of its colours, as H.273 numbers them; 2 is unknown."""

    @property
    def ratio(self) -> float:
        return self.width / self.height

    @cached_property
    def digest(self) -> str:
        """Of the file's bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def open_video(path: Path) -> InputContainer:
    """An MP4 to copy packets from. What only decoding would tell is left out: opening is six times as fast so."""
    lean: Any = [{"skip_frame": "all"}] * 2  # the library's own annotation has strings here, which it refuses
    return av.open(path, format="mov", options={"protocol_whitelist": "file"}, stream_options=lean)


def read(path: Path) -> Source:
    """What the clip at `path` is. Raises ClipRefused when it is no MP4 with a video stream that can be read."""
    try:
        with open_video(path) as container:
            return _read(path, container)
    except (av.error.FFmpegError, IndexError, ValueError) as error:  # ValueError: streams whose kind is not told
        raise ClipRefused(ClipProblem.DAMAGED, f"{path.name}: {error}") from error


def _read(path: Path, container: InputContainer) -> Source:
    video = container.streams.video[0]
    context = video.codec_context
    packets = [packet for packet in container.demux(video) if packet.pts is not None and not packet.is_corrupt]
    if len(packets) < max(2, video.frames) or video.time_base is None:
        raise ClipRefused(ClipProblem.DAMAGED, f"{path.name}: {len(packets)} of {video.frames} frames")
    shown = [packet for packet in packets if not packet.is_discard]  # an edit list may hide some
    ticks = [p.pts or 0 for p in shown]
    long = max(ticks) - min(ticks)
    if long <= 0:
        raise ClipRefused(ClipProblem.DAMAGED, f"{path.name}: all frames at once")
    rate = _rate((len(ticks) - 1) / (long * video.time_base))
    return Source(
        path=path,
        width=video.width,
        height=video.height,
        rate=rate,
        seconds=float(long * video.time_base + 1 / rate),
        headers=_headers(context.name, context.extradata or b""),
        order=_order(ticks, float(video.time_base * rate)) if len(shown) == len(packets) else None,
        keys=frozenset(number for number, packet in enumerate(shown) if packet.is_keyframe),
        has_sound=bool(container.streams.audio),
        matrix=int(context.colorspace),
    )


def _headers(codec: str, extradata: bytes) -> bytes:
    """The parameter sets if this is H.264 of the kind all players know, else none: it agrees with nothing then."""
    known = codec == "h264" and len(extradata) > 6 and extradata[0] == 1 and extradata[1] in _YUV420_PROFILES
    return extradata if known else b""


def _rate(rough: Fraction) -> Fraction:
    """Frames a second, brought to a usual rate where it is meant."""
    nearest = min(_RATES, key=lambda usual: abs(usual - rough))
    return nearest if abs(nearest - rough) < rough / 2000 else rough.limit_denominator(1001)


def _order(ticks: list[int], frames_a_tick: float) -> tuple[int, ...] | None:
    begin = min(ticks)
    places = [(tick - begin) * frames_a_tick for tick in ticks]
    numbers = tuple(round(place) for place in places)
    even = all(abs(place - number) < _OFF_GRID for place, number in zip(places, numbers, strict=True))
    return numbers if even and sorted(numbers) == list(range(len(numbers))) else None
