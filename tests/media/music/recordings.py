"""Recordings made here: clicks at known moments, tones, silence; and what a file plays, as numbers."""

from __future__ import annotations

import tempfile
import wave
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from media.ffmpeg import Demuxer, Input, Limits, run_ffmpeg
from media.music.encoding import ENCODED, MUXER, RATE

Sound = NDArray[np.floating[Any]]
"""Samples from -1 to 1, of one channel; where there are two, as rows."""


def clicks(seconds: float, *at: float) -> Sound:
    """Silence with a short burst at each of these moments (seconds)."""
    sound = np.zeros(round(seconds * RATE))
    burst = np.sin(2 * np.pi * 1_000 * np.arange(240) / RATE) * np.hanning(240)
    for moment in at:
        first = round(moment * RATE)
        sound[first : first + len(burst)] += 0.8 * burst[: len(sound) - first]
    return sound


def tone(seconds: float, hertz: float = 220.0, level: float = 0.3) -> Sound:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


def save_wav(path: Path, sound: Sound) -> Path:
    levels = np.round(np.clip(sound, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((levels.T if levels.ndim == 2 else np.repeat(levels, 2)).tobytes())
    return path


@cache
def wav_of_a_tone(seconds: float = 6.0, hertz: float = 220.0) -> bytes:
    """As somebody might send it."""
    with tempfile.TemporaryDirectory() as folder:
        return save_wav(Path(folder) / "sent.wav", tone(seconds, hertz)).read_bytes()


async def save_m4a(path: Path, sound: Sound) -> Path:
    """As our own tracks are kept."""
    wav = save_wav(path.with_suffix(".wav"), sound)
    await run_ffmpeg([Input(wav, "wav")], ("-map", "0:a:0", *ENCODED), path, muxer=MUXER)
    return path


async def save_as(path: Path, sound: Sound, codec: str, muxer: str, *more: str) -> Path:
    """The same in another format."""
    wav = save_wav(path.with_suffix(".source.wav"), sound)
    await run_ffmpeg([Input(wav, "wav")], ("-map", "0:a:0", "-c:a", codec, *more), path, muxer=muxer)
    return path


async def heard(path: Path, demuxer: Demuxer = "mov") -> Sound:
    """What ffmpeg plays of a file, its left channel."""
    raw = path.with_suffix(".pcm")
    arguments = ("-map", "0:a:0", "-c:a", "pcm_s16le", "-ar", str(RATE), "-ac", "2")
    limits = Limits(output_bytes=200 * 1024**2)
    await run_ffmpeg([Input(path, demuxer)], arguments, raw, muxer="s16le", limits=limits)
    return np.frombuffer(raw.read_bytes(), "<i2")[::2].astype(np.float64) / 32768


def moment_of_click(sound: Sound, about: float, *, within: float = 0.2) -> float:
    """When (seconds) the click around that moment sounds, by cross-correlation with one that is known."""
    first = max(0, round((about - within) * RATE))
    part = sound[first : round((about + within) * RATE)]
    return float(first + np.argmax(np.correlate(part, clicks(0.005, 0.0), "valid"))) / RATE


def level(sound: Sound, start: float, end: float) -> float:
    """Root mean square between two moments."""
    part = sound[round(start * RATE) : round(end * RATE)]
    return float(np.sqrt(np.mean(part**2)))


def copied_under_pictures(music: Path, into: Path, *, seconds: float) -> Path:
    """An MP4 with a video of so many seconds, and the packets of `music` copied as they are."""
    with av.open(music, format="mov") as source, av.open(into, "w", format="mp4") as film:
        video: Any = film.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        audio = film.add_stream_from_template(source.streams.audio[0])
        for number in range(round(seconds * 10)):
            frame = av.VideoFrame(32, 32, "yuv420p")
            frame.pts = number
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = audio
                film.mux(packet)
    return into
