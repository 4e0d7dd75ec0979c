"""Is this file a whole film? Asked of what this house joined, before it is kept: looked through, not decoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av

from media.errors import ClipProblem, ClipRefused

TOLERANCE_SECONDS: Final = 0.1
"""For each clip: each may differ by a frame or so from what its row says."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Pixels, seconds, bytes."""

    width: int
    height: int
    seconds: float
    size_bytes: int


def check_film(path: Path, *, short_side: int, seconds: float, clips: int, sound: bool) -> Finished:
    """Every packet of a film is read. Blocks; call it in a thread.

    Raises:
        ClipRefused: it is not what was ordered.
    """
    try:
        with av.open(path, format="mov", options={"protocol_whitelist": "file"}) as container:
            stream = container.streams.video[0]
            end = max((_end(packet) for packet in container.demux(stream) if packet.pts is not None), default=0.0)
            finished = Finished(stream.width, stream.height, end, path.stat().st_size)
            name, voices = stream.codec_context.name, len(container.streams.audio)
    except (av.FFmpegError, IndexError, AttributeError) as error:  # the last: a stream nobody knows how to read
        raise ClipRefused(ClipProblem.NOT_A_VIDEO, type(error).__name__) from error
    if name != "h264" or (sound and not voices):
        raise ClipRefused(ClipProblem.WRONG_FORMAT, f"{name}, {voices} sounds")
    if min(finished.width, finished.height) != short_side:
        raise ClipRefused(ClipProblem.WRONG_SIZE, f"{finished.width}×{finished.height} instead of {short_side}")
    if abs(finished.seconds - seconds) > TOLERANCE_SECONDS * (clips + 1):
        raise ClipRefused(ClipProblem.WRONG_LENGTH, f"{finished.seconds:.2f} s instead of {seconds:.2f}")
    return finished


def _end(packet: av.Packet[av.VideoStream]) -> float:
    return float(((packet.pts or 0) + (packet.duration or 0)) * packet.time_base)
