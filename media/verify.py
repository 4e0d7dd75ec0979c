"""Is this file the clip that was ordered? Asked before anybody pays for it.

A vendor's "success" may be an error page, half a file or a black picture. So the whole clip is decoded.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from media.boxes import Claims, read_claims
from media.decoding import MINI_BYTES, Decoded, decode
from media.errors import ClipProblem, ClipRefused, FfmpegFailed
from media.ffmpeg import Limits

LENGTH_TOLERANCE: Final = 0.5
"""Seconds by which a clip may differ from what was ordered; vendors round to whole groups of frames."""
SHAPE_TOLERANCE: Final = 0.06
"""Part by which width to height may differ from what was ordered: models make pictures of whole blocks of 16 or 32
pixels (1280×704 and 832×480 for 16:9). The next shape, 3:2, is 16 percent away."""

_BLACK: Final = 24  # levels of 255; coded black is 16
_EVEN: Final = 32  # levels between the darkest and the brightest spot
_NOISE: Final = 2  # levels by which coding alone changes a spot
_FEWEST_A_SECOND: Final = 4  # frames
_FRAMES_SPARED: Final = 2  # an edit list may hide a frame at either end
_LIMITS: Final = Limits(seconds=60.0, output_bytes=MINI_BYTES * 60 * 120)
_PIXELS: Final = {"420jpeg", "420mpeg2", "420paldv"}  # eight bits; they differ in where the colour is taken
_MP4_BOXES: Final = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a verified clip is: pixels, seconds, frames, bytes."""

    width: int
    height: int
    seconds: float
    frames: int
    size_bytes: int


async def verify_clip(
    path: Path,
    *,
    expected_seconds: float,
    expected_width: int | None = None,
    expected_height: int | None = None,
    expected_shape: float | None = None,
    still: Path | None = None,
) -> ClipFacts:
    """Decode all of an MP4 and hold it against the order: H.264, yuv420p, square pixels, size, length, not black,
    not one picture that stands still. `expected_shape` is width to height. Its thumbnail is written to `still`.

    Raises:
        ClipRefused: it is not what was ordered.
        FfmpegFailed: ffmpeg is missing, was killed or took over a minute, which says nothing about the clip.
    """
    await asyncio.to_thread(_refuse_what_is_no_mp4, path)
    decoded = await _decode(path, still, expected_seconds)
    claims = await asyncio.to_thread(read_claims, path)
    if claims is None:
        raise ClipRefused(ClipProblem.DAMAGED, "no readable index")
    _refuse_another_format(decoded, claims)
    await asyncio.to_thread(_refuse_what_shows_nothing, decoded, claims, expected_seconds)
    frames, size = len(decoded.minis) // MINI_BYTES, (await asyncio.to_thread(path.stat)).st_size
    facts = ClipFacts(decoded.width, decoded.height, decoded.seconds, frames, size)
    if abs(facts.seconds - expected_seconds) > LENGTH_TOLERANCE:
        raise ClipRefused(ClipProblem.WRONG_LENGTH, f"{facts.seconds:.2f} s instead of {expected_seconds:g}")
    wanted = (expected_width or facts.width, expected_height or facts.height)
    if (facts.width, facts.height) != wanted:
        raise ClipRefused(ClipProblem.WRONG_SIZE, f"{facts.width}×{facts.height} instead of {wanted}")
    if expected_shape and abs(facts.width / facts.height / expected_shape - 1) > SHAPE_TOLERANCE:
        raise ClipRefused(ClipProblem.WRONG_SIZE, f"{facts.width}×{facts.height} for {expected_shape:.3f} to 1")
    _refuse_false_claims(claims, facts)
    return facts


def _refuse_what_is_no_mp4(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise ClipRefused(ClipProblem.EMPTY)
    if start[4:] not in _MP4_BOXES:
        raise ClipRefused(ClipProblem.NOT_A_VIDEO)


async def _decode(path: Path, still: Path | None, seconds: float) -> Decoded:
    try:
        return await decode(path, still, seconds=seconds, limits=_LIMITS)
    except FfmpegFailed as error:
        if error.status is None or error.status < 0:
            raise  # no ffmpeg, no time, killed: that says nothing about the clip
        raise ClipRefused(ClipProblem.DAMAGED, error.stderr[-300:]) from error


def _refuse_another_format(decoded: Decoded, claims: Claims) -> None:
    if decoded.codec != "h264" or decoded.pixels not in _PIXELS or decoded.full_range:
        detail = f"{decoded.codec} {decoded.pixels}{' of full range' if decoded.full_range else ''}"
        raise ClipRefused(ClipProblem.WRONG_FORMAT, detail)
    if not decoded.square:
        raise ClipRefused(ClipProblem.WRONG_FORMAT, "pixels that are not square")
    if decoded.turned or claims.turned:  # an older ffmpeg tells only what stands in the pictures themselves
        raise ClipRefused(ClipProblem.WRONG_FORMAT, "turned or mirrored")


def _refuse_what_shows_nothing(decoded: Decoded, claims: Claims, expected_seconds: float) -> None:
    frames, promised = len(decoded.minis) // MINI_BYTES, claims.frames or decoded.packets
    if frames < promised - _FRAMES_SPARED:
        raise ClipRefused(ClipProblem.DAMAGED, f"{frames} of {promised} frames")
    if max(decoded.minis, default=0) <= _BLACK:
        raise ClipRefused(ClipProblem.BLACK)
    if not _moves(decoded.minis) or frames < expected_seconds * _FEWEST_A_SECOND:
        raise ClipRefused(ClipProblem.FROZEN, f"{frames} frames")


def _moves(levels: bytes) -> bool:
    """Whether some frame differs from the first. Of a picture that is one even tone nobody could tell."""
    first = levels[:MINI_BYTES]
    if not first or max(first) - min(first) <= _EVEN:
        return True
    # From the end, where most has changed: as a rule the first comparison decides.
    for start in range(len(levels) - MINI_BYTES, 0, -MINI_BYTES):
        frame = levels[start : start + MINI_BYTES]
        if any(abs(now - then) > _NOISE for now, then in zip(frame, first, strict=True)):
            return True
    return False


def _refuse_false_claims(claims: Claims, facts: ClipFacts) -> None:
    """Telegram and browsers believe the headers: a clip that plays well here would be shown distorted or cut there."""
    for said in (claims.shown, claims.coded):
        if said != (facts.width, facts.height):
            raise ClipRefused(ClipProblem.DAMAGED, f"{said} in a header, {facts.width}×{facts.height} in the pictures")
    for seconds in (claims.film_seconds, claims.track_seconds, claims.media_seconds):
        if seconds and abs(seconds - facts.seconds) > LENGTH_TOLERANCE:
            raise ClipRefused(ClipProblem.DAMAGED, f"{seconds:.2f} s in a header, {facts.seconds:.2f} s of pictures")
