"""The still that stands for a clip until it plays."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import av
from PIL.Image import Resampling

MAX_SIDE: Final = 320
"""Pixels, and with it under 200 kB: what Telegram takes (https://core.telegram.org/bots/api#sendvideo)."""

_SECONDS_IN: Final = 1.0  # past a fade from black
_JPEG_QUALITY: Final = 82  # even pure noise stays below 200 kB


def thumbnail(path: Path) -> bytes:
    """A JPEG of at most 320×320 and 200 kB from about one second into a clip that `verify_clip` has passed.

    Blocks for some 0.1 s: call it in a thread. Raises av.FFmpegError where there is no picture.
    """
    with av.open(path, format="mov", options={"protocol_whitelist": "file"}) as container:
        stream = container.streams.video[0]
        seconds = float((stream.duration or 0) * (stream.time_base or 0))
        for frame in container.decode(stream):
            picture = frame
            if frame.time >= min(_SECONDS_IN, seconds / 2):
                break
        image = picture.to_image()  # type: ignore[no-untyped-call]  # unlike an array, it needs no NumPy
    image.thumbnail((MAX_SIDE, MAX_SIDE), Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()
