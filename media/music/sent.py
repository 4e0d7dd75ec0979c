"""What people send as music, made safe: decoded for real, checked, about as loud as other music, encoded anew."""

from __future__ import annotations

import asyncio
import math
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from media.errors import FfmpegFailed, FfmpegTimeout, MusicProblem, MusicRefused
from media.ffmpeg import Demuxer, Input, Limits, run_ffmpeg
from media.music.encoding import ENCODED, MUXER, RATE, samples_of
from media.music.limits import MAX_FILE_BYTES, MAX_SECONDS, MIN_SECONDS
from media.music.sniffing import HEAD_BYTES, demuxer_of, id3_bytes

_ROUGH_RATE: Final = 4_000  # samples a second of the copy that is looked at
_SILENT: Final = 33  # of 32767: 60 dB below the loudest there is
_LOUDNESS_DB: Final = -18.0  # root mean square; of music, that is heard as some -16 LUFS
_PEAK_DB: Final = -1.5
_MOST_GAIN_DB: Final = 18.0
_EDGE_SECONDS: Final = 0.005  # a cut through a wave clicks, at each turn of a loop
_LIMITS: Final = Limits(seconds=90.0, output_bytes=_ROUGH_RATE * 4 * (int(MAX_SECONDS) + 60))


async def normalise(source: Path, into: Path) -> float:
    """Decode all of an untrusted file and write what is heard of it to `into` (.m4a). Returns its length in seconds.

    Raises:
        MusicRefused: it is no recording of up to ten minutes in which something is to be heard.
        FfmpegFailed: there is no ffmpeg.
    """
    demuxer = await asyncio.to_thread(_demuxer, source)
    with tempfile.TemporaryDirectory(prefix="music-") as folder:
        copy = Path(folder) / "rough.pcm"
        await _decode(source, demuxer, copy)
        seconds, gain = await asyncio.to_thread(_checked, copy)
    edges = f"afade=t=in:d={_EDGE_SECONDS},afade=t=out:st={seconds - _EDGE_SECONDS:.4f}:d={_EDGE_SECONDS}"
    arguments = ("-map", "0:a:0", "-t", f"{MAX_SECONDS:g}", "-af", f"volume={gain:.2f}dB,{edges}", *ENCODED)
    try:
        await run_ffmpeg([Input(source, demuxer)], arguments, into, muxer=MUXER, limits=Limits(seconds=90.0))
    except FfmpegFailed as error:
        raise _refusal(error) from error
    return await asyncio.to_thread(samples_of, into) / RATE


def _demuxer(source: Path) -> Demuxer:
    size = source.stat().st_size
    if size == 0:
        raise MusicRefused(MusicProblem.EMPTY)
    if size > MAX_FILE_BYTES:
        raise MusicRefused(MusicProblem.TOO_LARGE_FILE)
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
        tag = id3_bytes(head)
        if tag:
            file.seek(tag)
            head = file.read(HEAD_BYTES)
    found = demuxer_of(head) or ("mp3" if tag else None)
    if found is None:
        raise MusicRefused(MusicProblem.NOT_AUDIO)
    return found


async def _decode(source: Path, demuxer: Demuxer, copy: Path) -> None:
    """All of it, to a copy that is small enough to be looked at here. What is far too long is given up early."""
    arguments = (
        "-map",
        "0:a:0",
        "-t",
        f"{MAX_SECONDS + 1:g}",
        "-c:a",
        "pcm_s16le",
        "-ar",
        str(_ROUGH_RATE),
        "-ac",
        "2",
    )
    try:
        await run_ffmpeg([Input(source, demuxer)], arguments, copy, muxer="s16le", limits=_LIMITS)
    except FfmpegFailed as error:
        raise _refusal(error) from error


def _refusal(error: FfmpegFailed) -> Exception:
    if "matches no streams" in error.stderr:
        return MusicRefused(MusicProblem.NO_SOUND)
    if error.status is None and not isinstance(error, FfmpegTimeout):
        return error  # it could not even begin, which says nothing about the file
    return MusicRefused(MusicProblem.DAMAGED)


def _checked(copy: Path) -> tuple[float, float]:
    """Its length in seconds, and by how many decibels it is to become louder."""
    seconds = copy.stat().st_size / 4 / _ROUGH_RATE
    if seconds == 0.0:
        raise MusicRefused(MusicProblem.DAMAGED)
    if seconds > MAX_SECONDS:
        raise MusicRefused(MusicProblem.TOO_LONG)
    if seconds < MIN_SECONDS:
        raise MusicRefused(MusicProblem.TOO_SHORT)
    peak, power, count = 0, 0, 0
    for levels in _pieces(copy):
        lowest, highest = min(levels), max(levels)
        peak = max(peak, highest, -lowest)
        power += sum(level * level for level in levels)
        count += len(levels)
    if peak < _SILENT:
        raise MusicRefused(MusicProblem.SILENT)
    loudness = 10 * math.log10(power / count / 32768**2)
    headroom = _PEAK_DB - 20 * math.log10(peak / 32768)
    return seconds, min(_LOUDNESS_DB - loudness, headroom, _MOST_GAIN_DB)


def _pieces(copy: Path) -> Iterator[array[int]]:
    """A second at a time, so that other threads get their turn."""
    with copy.open("rb") as file:
        while part := file.read(_ROUGH_RATE * 4):
            yield array("h", part[: len(part) // 2 * 2])
