"""The one place where ffmpeg runs.

What people and vendors send is hostile until proven otherwise, and ffmpeg will gladly follow a playlist to local files
or the network. So each input names its demuxer (nothing is guessed from content), only the `file` protocol is open,
there is no shell and no inherited environment, and time, processor, memory and output are limited. The process leads
its own group and dies with its caller: on time-out, on cancellation, and when this process is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

import imageio_ffmpeg

from media.errors import FfmpegFailed, FfmpegTimeout

Demuxer: TypeAlias = Literal["mov", "matroska", "mp3", "wav", "ogg", "aac", "flac", "rawvideo"]
"""What may be read. Never playlists (hls, concat, dash), which name other files, nor lavfi, which can open them."""

OnProgress: TypeAlias = Callable[["Progress"], None]

_PROTOCOLS: Final = "file,pipe"
_STDERR_KEPT: Final = 4_000
_CONFINED: Final = Path(__file__).with_name("confined.py")


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read, by the named demuxer only; `options` stand before its `-i`."""

    path: Path
    demuxer: Demuxer
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """A file to write; `arguments` (codecs, filters, maps: ours, never a user's text) are for this one."""

    path: Path
    muxer: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. Seconds are wall-clock; `memory_bytes` bounds address space, not resident memory."""

    seconds: float = 60.0
    memory_bytes: int = 2 * 1024**3
    output_bytes: int = 50 * 1024**2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: frames and seconds of output, bytes written."""

    frames: int = 0
    seconds: float = 0.0
    size_bytes: int = 0


@cache
def ffmpeg_path() -> str:
    """The system's ffmpeg, else the one imageio-ffmpeg ships. Raises FfmpegFailed if there is neither."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise FfmpegFailed("there is no ffmpeg: install it, or imageio-ffmpeg with its binary") from error


async def run_ffmpeg(
    inputs: Sequence[Input],
    arguments: Sequence[str],
    output: Path,
    *,
    muxer: str,
    also: Sequence[Output] = (),
    limits: Limits = Limits(),
    on_progress: OnProgress | None = None,
) -> Progress:
    """Read `inputs`, apply `arguments` (codecs, filters, maps: ours, never a user's text), write `output`.

    An existing `output` is replaced; after an error there is none. What the same run writes `also` is left to the
    caller, who has a folder for it. Returns the last progress.

    Raises:
        FfmpegFailed: ffmpeg ended with an error, or wrote more than it may.
        FfmpegTimeout: it took longer than `limits.seconds`.
    """
    command = _command(inputs, [*also, Output(output, muxer, tuple(arguments))], limits)
    with _nothing_left_after_an_error(output):
        progress = await _run(command, limits, on_progress)
        _refuse_output_at_its_limit(output, limits.output_bytes)
    return progress


@contextlib.contextmanager
def _nothing_left_after_an_error(output: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:  # cancellation too
        output.unlink(missing_ok=True)
        raise


def _refuse_output_at_its_limit(output: Path, limit: int) -> None:
    """`-fs` ends the file early and calls that a success."""
    if not output.exists():
        raise FfmpegFailed("ffmpeg wrote nothing", status=0)
    if output.stat().st_size >= limit:
        raise FfmpegFailed(f"the output reached its limit of {limit} bytes", status=0)


def _command(inputs: Sequence[Input], outputs: Sequence[Output], limits: Limits) -> list[str]:
    command = [ffmpeg_path(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-y"]
    command += ["-progress", "pipe:1", "-stats_period", "0.25"]
    for source in inputs:
        if source.demuxer not in get_args(Demuxer):
            raise ValueError(f"{source.demuxer} is not among the demuxers allowed here")
        command += [*source.options, "-protocol_whitelist", _PROTOCOLS, "-f", source.demuxer]
        command += ["-i", f"file:{source.path}"]
    for target in outputs:
        command += [*target.arguments, "-fs", str(limits.output_bytes), "-f", target.muxer, f"file:{target.path}"]
    return command


async def _run(command: list[str], limits: Limits, on_progress: OnProgress | None) -> Progress:
    process = await _start(command, limits)
    try:
        async with asyncio.timeout(limits.seconds):
            assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018  # both are pipes
            progress, stderr = await asyncio.gather(_follow(process.stdout, on_progress), _last_words(process.stderr))
            status = await process.wait()
    except TimeoutError as error:
        raise FfmpegTimeout(f"ffmpeg did not end within {limits.seconds:g} s") from error
    finally:
        await _kill(process)
    if status != 0:
        raise FfmpegFailed(f"ffmpeg ended with {status}", status=status, stderr=stderr)
    return progress


async def _start(command: list[str], limits: Limits) -> asyncio.subprocess.Process:
    # The file limit stands above -fs, which ends the output in an orderly way, so that it only meets what -fs misses.
    bounds = (limits.memory_bytes, limits.output_bytes * 2 + 2**20, math.ceil(limits.seconds * 4), os.getpid())
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(_CONFINED), *map(str, bounds), *command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"LC_ALL": "C"},  # our own holds secrets, and FFREPORT would make ffmpeg write files
            start_new_session=True,
        )
    except OSError as error:
        raise FfmpegFailed("ffmpeg could not be started") from error


async def _kill(process: asyncio.subprocess.Process) -> None:
    """End the whole group; harmless when all of it has ended."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _follow(lines: asyncio.StreamReader, on_progress: OnProgress | None) -> Progress:
    """Read `-progress`: blocks of key=value lines, each block closed by a `progress=` line."""
    block: dict[str, str] = {}
    progress = Progress()
    async for line in lines:
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        block[key] = value
        if key == "progress":
            progress = _parsed(block)
            if on_progress is not None:
                on_progress(progress)
    return progress


def _parsed(block: dict[str, str]) -> Progress:
    def number(key: str) -> int:  # "N/A" before the first packet
        value = block.get(key, "")
        return int(value) if value.lstrip("-").isdigit() else 0

    return Progress(number("frame"), max(0.0, number("out_time_us") / 1e6), number("total_size"))


async def _last_words(stream: asyncio.StreamReader) -> str:
    """All of stderr is read, so that ffmpeg never waits for us; only its end is kept."""
    kept = b""
    while chunk := await stream.read(65_536):
        kept = (kept + chunk)[-_STDERR_KEPT:]
    return kept.decode("utf-8", "replace").strip()
