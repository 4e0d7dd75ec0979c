"""What people send: every usual kind of recording is taken, whatever else is refused for what it is."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from media.errors import FfmpegFailed, MusicProblem, MusicRefused
from media.music import sent
from media.music.encoding import RATE
from media.music.sent import normalise
from media.music.sniffing import demuxer_of, id3_bytes
from tests.media.music.recordings import clicks, heard, level, moment_of_click, save_as, save_wav, tone

KINDS = {
    "mp3": ("libmp3lame", "mp3"),
    "m4a": ("aac", "ipod"),
    "aac": ("aac", "adts"),
    "ogg": ("libopus", "ogg"),
    "flac": ("flac", "flac"),
    "webm": ("libopus", "webm"),
    "mka": ("libvorbis", "matroska"),
    "mov": ("aac", "mov"),
}


async def refused(path: Path, into: Path) -> MusicProblem:
    with pytest.raises(MusicRefused) as refusal:
        await normalise(path, into)
    assert not into.exists()
    return refusal.value.reason


@pytest.mark.parametrize("kind", KINDS)
async def test_recordings_are_taken_whatever_their_kind(tmp_path: Path, kind: str) -> None:
    sound = clicks(4.0, 0.5, 3.4) + tone(4.0, level=0.05)
    source = await save_as(tmp_path / f"sent.{kind}", sound, *KINDS[kind], "-ar", "48000", "-ac", "1")

    seconds = await normalise(source, tmp_path / "music.m4a")

    played = await heard(tmp_path / "music.m4a")
    assert seconds == pytest.approx(4.0, abs=0.06)
    assert len(played) == round(seconds * RATE)
    # MP3 and ADTS do not say what their encoder put before the first sample; that is at most some 50 ms.
    assert moment_of_click(played, 3.4) - moment_of_click(played, 0.5) == pytest.approx(2.9, abs=0.002)
    assert moment_of_click(played, 0.5) == pytest.approx(0.5, abs=0.06)


async def test_it_is_kept_as_stereo_of_48_khz_and_nothing_else(tmp_path: Path) -> None:
    source = await save_as(
        tmp_path / "sent.mp3", tone(2.0), "libmp3lame", "mp3", "-ar", "22050", "-ac", "1", "-metadata", "title=mine"
    )

    await normalise(source, tmp_path / "music.m4a")

    with av.open(tmp_path / "music.m4a") as container:
        (stream,) = container.streams
        assert (stream.type, stream.codec_context.name) == ("audio", "aac")
        assert (stream.codec_context.sample_rate, stream.codec_context.channels) == (48_000, 2)  # type: ignore[attr-defined]
        assert "title" not in container.metadata


@pytest.mark.parametrize(("loud", "decibels"), [(0.002, -39.0), (0.05, -18.0), (0.99, -18.0)])
async def test_quiet_and_loud_recordings_come_out_alike_as_far_as_that_goes(
    tmp_path: Path, loud: float, decibels: float
) -> None:
    source = save_wav(tmp_path / "sent.wav", tone(3.0, level=loud))

    await normalise(source, tmp_path / "music.m4a")

    assert 20 * np.log10(level(await heard(tmp_path / "music.m4a"), 1.0, 2.0)) == pytest.approx(decibels, abs=0.7)


async def test_a_quiet_recording_with_a_bang_is_not_clipped(tmp_path: Path) -> None:
    source = save_wav(tmp_path / "sent.wav", tone(3.0, level=0.02) + clicks(3.0, 1.0))

    await normalise(source, tmp_path / "music.m4a")

    assert 0.6 < np.abs(await heard(tmp_path / "music.m4a")).max() < 0.95


async def test_it_begins_and_ends_in_silence_so_that_a_loop_does_not_click(tmp_path: Path) -> None:
    cosine = 0.5 * np.cos(2 * np.pi * 100 * np.arange(2 * RATE) / RATE)

    await normalise(save_wav(tmp_path / "sent.wav", cosine), tmp_path / "music.m4a")

    played = await heard(tmp_path / "music.m4a")
    assert max(abs(played[0]), abs(played[-1])) < 0.05


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", MusicProblem.EMPTY),
        (b"#EXTM3U\n#EXTINF:5\nfile:///etc/passwd\n", MusicProblem.NOT_AUDIO),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", MusicProblem.NOT_AUDIO),
        (b"<?xml version='1.0'?><MPD></MPD>", MusicProblem.NOT_AUDIO),
        (b"MZ" + bytes(100), MusicProblem.NOT_AUDIO),
        (b"%PDF-1.7", MusicProblem.NOT_AUDIO),
        (b"ID3\x04\x00\x00\x00\x00\x00\x00#EXTM3U\nfile:///etc/passwd\n", MusicProblem.DAMAGED),
        (b"OggS" + bytes(200), MusicProblem.DAMAGED),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(200), MusicProblem.DAMAGED),
        (b"\xff\xfb\x90\x64" + b"#EXTM3U\n" * 50, MusicProblem.DAMAGED),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", MusicProblem.DAMAGED),
    ],
)
async def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes, problem: MusicProblem) -> None:
    (tmp_path / "sent").write_bytes(content)

    assert await refused(tmp_path / "sent", tmp_path / "music.m4a") == problem


async def test_silence_is_refused(tmp_path: Path) -> None:
    source = save_wav(tmp_path / "sent.wav", tone(2.0, level=0.0003))
    assert await refused(source, tmp_path / "music.m4a") == MusicProblem.SILENT


async def test_a_moment_is_too_short(tmp_path: Path) -> None:
    source = save_wav(tmp_path / "sent.wav", tone(0.4))
    assert await refused(source, tmp_path / "music.m4a") == MusicProblem.TOO_SHORT


async def test_more_than_ten_minutes_is_too_long(tmp_path: Path) -> None:
    endless = ("-af", "aloop=-1:48000,atrim=end=603", "-ar", "8000", "-ac", "1")
    source = await save_as(tmp_path / "sent.flac", tone(1.0), "flac", "flac", *endless)
    assert await refused(source, tmp_path / "music.m4a") == MusicProblem.TOO_LONG


async def test_more_than_can_be_fetched_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent, "MAX_FILE_BYTES", 1000)
    source = save_wav(tmp_path / "sent.wav", tone(1.0))
    assert await refused(source, tmp_path / "music.m4a") == MusicProblem.TOO_LARGE_FILE


async def test_a_film_without_sound_has_no_music(tmp_path: Path) -> None:
    with av.open(tmp_path / "silent.mp4", "w") as film:
        video = film.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        for number in range(10):
            frame = av.VideoFrame(32, 32, "yuv420p")
            frame.pts = number
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
    assert await refused(tmp_path / "silent.mp4", tmp_path / "music.m4a") == MusicProblem.NO_SOUND


async def test_half_a_file_is_taken_for_what_is_heard_of_it(tmp_path: Path) -> None:
    """A voice message cut short by a bad line is still somebody's voice."""
    whole = await save_as(tmp_path / "whole.mp3", tone(4.0), "libmp3lame", "mp3")
    (tmp_path / "half.mp3").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])

    assert await normalise(tmp_path / "half.mp3", tmp_path / "music.m4a") == pytest.approx(2.0, abs=0.2)


async def test_without_ffmpeg_nothing_is_said_about_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(*_args: object, **_how: object) -> None:
        raise FfmpegFailed("there is no ffmpeg")

    monkeypatch.setattr(sent, "run_ffmpeg", none)
    with pytest.raises(FfmpegFailed, match="there is no ffmpeg"):
        await normalise(save_wav(tmp_path / "sent.wav", tone(1.0)), tmp_path / "music.m4a")


@pytest.mark.parametrize(
    ("head", "demuxer"),
    [
        (b"\xff\xfb\x90\x64", "mp3"),
        (b"\xff\xf3\x90\x64", "mp3"),
        (b"\xff\xf1\x4c\x80", "aac"),
        (b"\xff\xf9\x4c\x80", "aac"),
        (b"\xff\xe0\x00\x00", None),
        (b"fLaC", "flac"),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_what_a_file_is_shows_in_its_first_bytes(head: bytes, demuxer: str | None) -> None:
    assert demuxer_of(head) == demuxer


def test_the_length_of_a_tag_is_in_bytes_of_seven_bits() -> None:
    assert id3_bytes(b"ID3\x04\x00\x00\x00\x00\x02\x01") == 10 + 257
    assert id3_bytes(b"ID3") == 0
