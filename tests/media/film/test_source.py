from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from media.errors import ClipProblem, ClipRefused
from media.ffmpeg import Input, run_ffmpeg
from media.film.encoding import ENCODER, headers
from media.film.frame import Frame
from media.film.plan import agrees
from media.film.source import read
from tests.media.clips import make_clip
from tests.media.film.footage import Shelf, codes, expected, numbered
from tests.media.film.test_joining import joined

FRAME = Frame(160, 90, Fraction(24))


async def test_it_tells_what_a_clip_is(tmp_path: Path) -> None:
    clip = read(numbered(tmp_path / "clip.mp4", 1, g="12", sound=True))

    assert (clip.width, clip.height, clip.rate, clip.seconds, clip.has_sound) == (160, 90, Fraction(24), 1.0, True)
    assert sorted(clip.order or ()) == list(range(24))
    assert clip.keys == {0, 12}
    assert clip.headers == await headers(FRAME)


@pytest.mark.parametrize(
    ("rate", "is_usual"), [(Fraction(30000, 1001), True), (Fraction(25), True), (Fraction(22), False)]
)
def test_rates_are_told_through_coarse_time_stamps(tmp_path: Path, rate: Fraction, is_usual: bool) -> None:
    path = stamped(tmp_path / "clip.mp4", [round(number * 1000 / rate) for number in range(40)])
    clip = read(path)

    assert float(clip.rate) == pytest.approx(float(rate), rel=0.002)
    assert (clip.rate == rate) is is_usual
    assert clip.order is not None


def stamped(path: Path, milliseconds: list[int]) -> Path:
    with av.open(path, "w", format="mp4", options={"video_track_timescale": "1000"}) as container:
        stream = container.add_stream("libx264", rate=25, options=ENCODER)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for when in milliseconds:
            frame = av.VideoFrame.from_ndarray(np.full((135, 160), when % 200, np.uint8), "yuv420p")
            frame.pts, frame.time_base = when, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


async def test_ours_agree_and_others_do_not(tmp_path: Path) -> None:
    known = await headers(FRAME)
    assert agrees(read(numbered(tmp_path / "ours.mp4", 1)), FRAME, known)
    for name, other in {
        "size": numbered(tmp_path / "size.mp4", 1, size=(128, 72)),
        "rate": numbered(tmp_path / "rate.mp4", 1, rate=25),
        "profile": numbered(tmp_path / "profile.mp4", 1, profile="main"),
        "uneven": stamped(tmp_path / "uneven.mp4", [0, 40, 100, 130, 200]),
        "codec": make_clip(tmp_path / "codec.mp4", size=(160, 90), codec="mpeg4"),
        "pixels": make_clip(tmp_path / "pixels.mp4", size=(160, 90), pixels="yuv444p"),
    }.items():
        assert not agrees(read(other), FRAME, known), name


async def test_frames_an_edit_hides_stay_hidden(tmp_path: Path) -> None:
    whole = numbered(tmp_path / "whole.mp4", 1)
    shortened = tmp_path / "shortened.mp4"
    await run_ffmpeg([Input(whole, "mov", ("-ss", "0.34"))], ("-c", "copy"), shortened, muxer="mp4")
    film, shelf = tmp_path / "film.mp4", Shelf()
    await joined([whole, shortened], film, parts=shelf)

    shown = codes(film)
    assert shown[:24] == expected(1)
    assert shown[24:] == codes(shortened)
    assert shown[24][1] >= 8
    assert shelf.kept == 1


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.mp4"
    path.write_bytes(b"<!doctype html><p>502 Bad Gateway")
    with pytest.raises(ClipRefused) as caught:
        read(path)
    assert caught.value.reason is ClipProblem.DAMAGED
