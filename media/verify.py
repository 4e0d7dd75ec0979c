"""Is this file the clip that was ordered? Asked before anybody pays for it.

A vendor's "success" may be an error page, half a file or a black picture. So the whole clip is decoded, in a confined
ffmpeg; only what survived that is opened in this process.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av

from media.boxes import read_claims
from media.errors import ClipProblem, ClipRefused, FfmpegFailed
from media.ffmpeg import Input, Limits, run_ffmpeg

LENGTH_TOLERANCE: Final = 0.5
"""Seconds by which a clip may differ from what was ordered; vendors round to whole groups of frames."""
SHAPE_TOLERANCE: Final = 0.06
"""Part by which width to height may differ from what was ordered: models make pictures of whole blocks of 16 or 32
pixels (1280×704 and 832×480 for 16:9). The next shape, 3:2, is 16 percent away."""

_MINI_WIDTH, _MINI_HEIGHT = 64, 36
_MINI_BYTES: Final = _MINI_WIDTH * _MINI_HEIGHT
_BLACK: Final = 24  # levels of 255; coded black is 16
_EVEN: Final = 32  # levels between the darkest and the brightest spot
_NOISE: Final = 2  # levels by which coding alone changes a spot
_FEWEST_A_SECOND: Final = 4  # frames
_FRAMES_SPARED: Final = 2  # an edit list may hide a frame at either end
_LIMITS: Final = Limits(seconds=60.0, output_bytes=_MINI_BYTES * 60 * 120)
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
) -> ClipFacts:
    """Decode all of an MP4 and hold it against the order: H.264, yuv420p, square pixels, size, length, not black,
    not one picture that stands still. `expected_shape` is width to height.

    Raises:
        ClipRefused: it is not what was ordered.
        FfmpegFailed: ffmpeg is missing, was killed or took over a minute, which says nothing about the clip.
    """
    await asyncio.to_thread(_refuse_what_is_no_mp4, path)
    decoded, brightest, moves = await _decode_all(path)
    facts, promised = await asyncio.to_thread(_probe, path, decoded)
    if decoded < promised - _FRAMES_SPARED:
        raise ClipRefused(ClipProblem.DAMAGED, f"{decoded} of {promised} frames")
    if brightest <= _BLACK:
        raise ClipRefused(ClipProblem.BLACK)
    if not moves or decoded < expected_seconds * _FEWEST_A_SECOND:
        raise ClipRefused(ClipProblem.FROZEN, f"{decoded} frames")
    if abs(facts.seconds - expected_seconds) > LENGTH_TOLERANCE:
        raise ClipRefused(ClipProblem.WRONG_LENGTH, f"{facts.seconds:.2f} s instead of {expected_seconds:g}")
    wanted = (expected_width or facts.width, expected_height or facts.height)
    if (facts.width, facts.height) != wanted:
        raise ClipRefused(ClipProblem.WRONG_SIZE, f"{facts.width}×{facts.height} instead of {wanted}")
    if expected_shape and abs(facts.width / facts.height / expected_shape - 1) > SHAPE_TOLERANCE:
        raise ClipRefused(ClipProblem.WRONG_SIZE, f"{facts.width}×{facts.height} for {expected_shape:.3f} to 1")
    await asyncio.to_thread(_refuse_false_claims, path, facts)
    return facts


def _refuse_what_is_no_mp4(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise ClipRefused(ClipProblem.EMPTY)
    if start[4:] not in _MP4_BOXES:
        raise ClipRefused(ClipProblem.NOT_A_VIDEO)


async def _decode_all(path: Path) -> tuple[int, int, bool]:
    """How many frames decode, their brightest spot (0 … 255), and whether they move: from tiny grey copies."""
    small = f"scale={_MINI_WIDTH}:{_MINI_HEIGHT}:flags=area,format=gray"
    arguments = ("-xerror", "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", small)
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        copies = Path(folder) / "frames.gray"
        try:
            await run_ffmpeg([Input(path, "mov")], arguments, copies, muxer="rawvideo", limits=_LIMITS)
        except FfmpegFailed as error:
            if error.status is None or error.status < 0:
                raise  # no ffmpeg, no time, killed: that says nothing about the clip
            raise ClipRefused(ClipProblem.DAMAGED, error.stderr[-300:]) from error
        levels = await asyncio.to_thread(copies.read_bytes)
        moves = await asyncio.to_thread(_moves, levels)
    return len(levels) // _MINI_BYTES, max(levels, default=0), moves


def _moves(levels: bytes) -> bool:
    """Whether some frame differs from the first. Of a picture that is one even tone nobody could tell."""
    first = levels[:_MINI_BYTES]
    if not first or max(first) - min(first) <= _EVEN:
        return True
    # From the end, where most has changed: as a rule the first comparison decides.
    for start in range(len(levels) - _MINI_BYTES, 0, -_MINI_BYTES):
        frame = levels[start : start + _MINI_BYTES]
        if any(abs(now - then) > _NOISE for now, then in zip(frame, first, strict=True)):
            return True
    return False


def _refuse_false_claims(path: Path, facts: ClipFacts) -> None:
    """Telegram and browsers believe the headers: a clip that plays well here would be shown distorted or cut there."""
    claims = read_claims(path)
    if claims is None:
        raise ClipRefused(ClipProblem.DAMAGED, "no readable index")
    for said in (claims.shown, claims.coded):
        if said != (facts.width, facts.height):
            raise ClipRefused(ClipProblem.DAMAGED, f"{said} in a header, {facts.width}×{facts.height} in the pictures")
    for seconds in (claims.film_seconds, claims.track_seconds):
        if seconds and abs(seconds - facts.seconds) > LENGTH_TOLERANCE:
            raise ClipRefused(ClipProblem.DAMAGED, f"{seconds:.2f} s in a header, {facts.seconds:.2f} s of pictures")


def _probe(path: Path, decoded: int) -> tuple[ClipFacts, int]:
    """The facts, and how many frames the file says it has."""
    with av.open(path, format="mov", options={"protocol_whitelist": "file"}) as container:
        stream = container.streams.video[0]
        if (stream.codec_context.name, stream.codec_context.pix_fmt) != ("h264", "yuv420p"):
            detail = f"{stream.codec_context.name} {stream.codec_context.pix_fmt}"
            raise ClipRefused(ClipProblem.WRONG_FORMAT, detail)
        if stream.sample_aspect_ratio not in {None, 0, 1}:
            raise ClipRefused(ClipProblem.WRONG_FORMAT, f"pixels of {stream.sample_aspect_ratio}")
        first = next(container.decode(stream), None)
        if first is None:  # an edit list may hide all there is
            raise ClipRefused(ClipProblem.DAMAGED, "no frame to be seen")
        if first.rotation:
            raise ClipRefused(ClipProblem.WRONG_FORMAT, f"turned by {first.rotation}°")
        seconds = float((stream.duration or 0) * (stream.time_base or 0))
        promised = stream.frames or round(seconds * float(stream.average_rate or 0))
        return ClipFacts(first.width, first.height, seconds, decoded, path.stat().st_size), promised
