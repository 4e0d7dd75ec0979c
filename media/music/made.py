"""Our own tracks: which there are, and how to have one made.

They are composed with NumPy, in a process of their own: for a few seconds of work, which is done once and then kept,
the processes that serve people would carry it in memory for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from media.errors import MediaError
from media.ffmpeg import Input, run_ffmpeg
from media.music.encoding import ENCODED, MUXER

Mood: TypeAlias = Literal["calm", "warm", "bright", "epic"]
MOODS: Final[tuple[Mood, ...]] = get_args(Mood)
LENGTHS: Final = (32, 64)
"""Seconds: eight or sixteen bars in the slowest tempo, so that each is a whole tune."""

_COMPOSING_SECONDS: Final = 120.0
_ROOT: Final = Path(__file__).resolve().parents[2]


class NotComposed(MediaError):
    """The process that composes did not do it."""


async def make(mood: Mood, seconds: int, into: Path) -> None:
    """Compose one of our tracks and write it to `into` (.m4a). Takes some seconds of CPU.

    Raises NotComposed, and FfmpegFailed when it cannot be encoded.
    """
    with tempfile.TemporaryDirectory(prefix="music-") as folder:
        wav = Path(folder) / "track.wav"
        await _compose(mood, seconds, wav)
        await run_ffmpeg([Input(wav, "wav")], ("-map", "0:a:0", *ENCODED), into, muxer=MUXER)


async def _compose(mood: Mood, seconds: int, wav: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "media.music.composing", mood, str(seconds), str(wav)),
        cwd=_ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        # One thread: what is computed here is small, and the machine has other work. Our own environment holds secrets.
        env={"LC_ALL": "C", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(_COMPOSING_SECONDS):
            _, words = await process.communicate()
    except TimeoutError as error:
        raise NotComposed(f"no {mood} track of {seconds} s within {_COMPOSING_SECONDS:g} s") from error
    finally:
        with contextlib.suppress(ProcessLookupError):
            if process.returncode is None:
                process.kill()
        await process.wait()
    if process.returncode != 0:
        raise NotComposed(f"no {mood} track of {seconds} s: {words.decode(errors='replace')[-300:]}")
