"""The still that stands for a clip until it plays."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from media.ffmpeg import Input, run_ffmpeg

MAX_SIDE: Final = 320
"""Pixels, and with it under 200 kB: what Telegram takes (https://core.telegram.org/bots/api#sendvideo)."""
MUXER: Final = "image2"
ENCODED: Final = (
    *("-fps_mode", "passthrough", "-frames:v", "2", "-update", "1"),  # the second picture takes the first one's place
    *("-c:v", "mjpeg", "-q:v", "3", "-flags", "+bitexact"),  # even pure noise stays below 200 kB
)

_SECONDS_IN: Final = 1.0  # past a fade from black


def picture(seconds: float) -> str:
    """The filters that leave a small first picture, and one of about a second into a clip of `seconds`."""
    at = min(_SECONDS_IN, seconds / 2)
    sides = f"w='min({MAX_SIDE},iw)':h='min({MAX_SIDE},ih)':force_original_aspect_ratio=decrease"
    return f"select='eq(n,0)+gte(t,{at:.3f})',scale={sides}:flags=lanczos:out_color_matrix=bt601,format=yuvj420p"


async def thumbnail(path: Path, into: Path, *, seconds: float) -> None:
    """Write a JPEG of at most 320×320 and 200 kB from about one second into an MP4.

    `media.verify` makes one of a clip while it looks at it. Raises FfmpegFailed where there is no picture.
    """
    arguments = ("-map", "0:v:0", "-vf", picture(seconds), *ENCODED)
    await run_ffmpeg([Input(path, "mov")], arguments, into, muxer=MUXER)
