"""The sound of a film whose clips have sound of their own: put where each clip stands, under the music.

Of AAC no packet can be copied from clip to clip: each file begins with silence that its encoder needed, and ends on a
whole packet, not a whole frame, so a little would add up with each clip. So this alone is encoded anew, in one pass;
the pictures stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from media.ffmpeg import Input, Limits, OnProgress, run_ffmpeg

RATE: Final = 48_000
_UNDER_MUSIC: Final = 0.6
_NO_CLICK: Final = 0.01
"""Seconds over which sound begins and ends at a cut."""
_BYTES_A_SECOND: Final = 100_000


@dataclass(frozen=True, slots=True)
class Heard:
    """The sound of one clip: from where in the film to where, in seconds, and how long it rises and falls."""

    path: Path
    begins: Fraction
    seconds: Fraction
    rises: float
    falls: float


async def mix(
    clips: Sequence[Heard], music: Path | None, into: Path, seconds: Fraction, on_progress: OnProgress | None = None
) -> None:
    """Write AAC in an .m4a of exactly `seconds`. Raises FfmpegFailed."""
    inputs = [Input(one.path, "mov", ("-vn", "-t", f"{float(one.seconds):.6f}")) for one in clips]
    lines = [f"[{number}:a:0]{_placed(one, under=music is not None)}[a{number}]" for number, one in enumerate(clips)]
    if music is not None:
        inputs.append(Input(music, "mov"))
        lines.append(f"[{len(clips)}:a:0]aresample={RATE},aformat=fltp:channel_layouts=stereo[a{len(clips)}]")
    whole = f"apad,atrim=end_sample={round(seconds * RATE)}"
    every = "".join(f"[a{number}]" for number in range(len(inputs)))
    lines.append(f"{every}amix=inputs={len(inputs)}:normalize=0,alimiter=limit=0.95:level=0:latency=1,{whole}[out]")
    arguments = ["-filter_complex", ";".join(lines), "-map", "[out]", "-vn", "-c:a", "aac", "-b:a", "160k"]
    arguments += ["-ar", str(RATE), "-ac", "2", "-movflags", "+faststart"]
    limits = Limits(seconds=60 + float(seconds), output_bytes=2**20 + int(seconds * _BYTES_A_SECOND))
    await run_ffmpeg(inputs, arguments, into, muxer="mp4", limits=limits, on_progress=on_progress)


def _placed(one: Heard, *, under: bool) -> str:
    """Filters that bring a clip's sound to one kind and length and to its place in the film."""
    rises, falls = one.rises or _NO_CLICK, one.falls or _NO_CLICK
    return (
        f"aresample={RATE}:async=1:first_pts=0,aformat=fltp:channel_layouts=stereo,"
        f"atrim=end={float(one.seconds):.6f},volume={_UNDER_MUSIC if under else 1},"
        f"afade=t=in:d={rises:.6f},afade=t=out:st={float(one.seconds) - falls:.6f}:d={falls:.6f},"
        f"adelay=delays={round(one.begins * RATE)}S:all=1"
    )
