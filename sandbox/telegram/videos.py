"""What can be learned from an uploaded video or sound by opening it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.images import Picture, thumbnail_of

# MP3 last: its demuxer takes almost anything for sound.
_SOUND_FORMATS = ("wav", "flac", "ogg", "mov", "mp3")


@dataclass(frozen=True)
class Probe:
    """Facts about a recording: pixels, whole seconds, a small picture of the first frame."""

    duration: int
    width: int = 0
    height: int = 0
    thumbnail: Picture | None = None


def probe_video(data: bytes) -> Probe | None:
    """Return the facts of an MP4, or None if it is none that plays (Telegram's clients play only MPEG4)."""
    import av  # takes 0.2 s, which the start of the sandbox need not pay

    try:
        with av.open(io.BytesIO(data), "r", format="mov") as container:
            if not container.streams.video:
                return None
            stream = container.streams.video[0]
            frame = next(container.decode(stream), None)
            seconds = (container.duration or 0) / av.time_base
            if frame is None:
                return None
            return Probe(round(seconds), stream.width, stream.height, _picture(frame))
    except (av.FFmpegError, StopIteration):
        return None


def _picture(frame: Any) -> Picture:
    return thumbnail_of(frame.to_image())


def probe_sound(data: bytes) -> Probe | None:
    """Return the length of a sound file, or None if it cannot be read.

    Formats are named one by one, because a playlist would be opened too and could point anywhere.
    """
    import av  # as above

    for name in _SOUND_FORMATS:
        try:
            with av.open(io.BytesIO(data), "r", format=name) as container:
                if container.streams.audio:
                    return Probe(round((container.duration or 0) / av.time_base))
        except av.FFmpegError:
            continue
    return None
