"""A track as one film has it: cut or repeated to the film's length, faded, at its volume."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from media.ffmpeg import Input, Limits, run_ffmpeg
from media.music.encoding import ENCODED, MUXER, RATE, samples_of

_LIMITS: Final = Limits(seconds=180.0, output_bytes=200 * 1024**2)


async def fit(
    source: Path,
    into: Path,
    *,
    seconds: float,
    start_s: float = 0.0,
    fade_in_s: float = 0.0,
    fade_out_s: float = 0.0,
    volume: int = 100,
    loops: bool = True,
) -> None:
    """Write to `into` (.m4a) what `source`, an .m4a of ours, plays from `start_s` on under a film of `seconds`.

    The file plays exactly `seconds`, to the sample, and its first sample is at 0: its packets can be copied as they
    are, the first one being at -1024/48000 s, which an edit list hides. A track that `loops` begins anew at its
    beginning, joined sample to sample, as often as it takes; else silence follows it. It fades out where it ends.
    `volume` is in percent of its own.

    Raises:
        FfmpegFailed: ffmpeg could not do it.
        ValueError: there is no film of that length, or the track is over before `start_s`.
    """
    length = await asyncio.to_thread(samples_of, source)
    first, wanted = round(start_s * RATE), round(seconds * RATE)
    if wanted < 1 or not 0 <= first < length:
        raise ValueError(f"{seconds:g} s from {start_s:g} s on cannot be had of {length} samples")
    turns = loops and first + wanted > length
    plays = wanted if turns else min(wanted, length - first)
    steps = [
        *([f"aformat=sample_fmts=s16,aloop=loop=-1:size={length}"] if turns else []),
        f"atrim=start_sample={first}:end_sample={first + plays}",
        "asetpts=PTS-STARTPTS",
        f"volume={volume / 100:.2f}:precision=float",
        *_fades(plays, round(fade_in_s * RATE), round(fade_out_s * RATE)),
        f"apad=whole_len={wanted}",
    ]
    # What comes after the last sample is the encoder's: it must not be played again at each turn.
    whole = f"atrim=end_sample={length},asetpts=N/SR/TB"
    arguments = ("-map", "0:a:0", "-af", ",".join([whole, *steps]), *ENCODED)
    await run_ffmpeg([Input(source, "mov")], arguments, into, muxer=MUXER, limits=_LIMITS)


def _fades(plays: int, into: int, out: int) -> list[str]:
    """Of what plays so many samples; where there is no room for both, each has half."""
    into, out = min(into, plays // 2), min(out, plays // 2)
    return [
        *([f"afade=t=in:start_sample=0:nb_samples={into}"] if into else []),
        *([f"afade=t=out:start_sample={plays - out}:nb_samples={out}"] if out else []),
    ]
