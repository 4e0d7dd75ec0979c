"""A whole clip decoded once, in a confined ffmpeg: this process never opens what a vendor sent.

The one run writes what there is to know of it into small files: grey copies of its frames, strips of its first picture
(whose headers tell the size and the kind of pixels), the times of its packets, and the still.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from media import thumbnail
from media.ffmpeg import Input, Limits, Output, run_ffmpeg

MINI_BYTES: Final = 64 * 36
"""Of a grey copy, a byte a spot."""

_ALONE: Final = ("-threads", "1")
"""As many are checked at once as there are processors: more threads would only cost each of them a quarter more."""
_EACH: Final = ("-fps_mode", "passthrough", *_ALONE)
_STRIP: Final = (*_EACH, "-frames:v", "1", "-strict", "-1")  # not only the usual kinds of pixels, to tell which it is
_SPOT_BYTES: Final = 6  # 2×2 pixels of 4:2:0
_FILTERS: Final = """
[0:v:0]split=3[all][some][first];
[all]scale=64:36:flags=area,format=gray[mini];
[some]{picture}[still];
[first]select='eq(n,0)',split=3[a][b][c];
[a]crop=iw:2[wide];[b]crop=2:ih[tall];
[c]sidedata=select:type=DISPLAYMATRIX,format=yuv420p,crop=2:2,tpad=start=1[turned]
""".replace("\n", "")
"""A file must not stay empty, so the last one begins with a picture that comes from nowhere."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What ffmpeg saw of a clip."""

    codec: str
    """As ffmpeg calls it."""
    width: int
    height: int
    """Of the first picture, in pixels."""
    pixels: str
    """As the header of YUV4MPEG2 calls them: `420mpeg2`, `420p10`, `444` …"""
    full_range: bool
    square: bool
    turned: bool
    """Whether the first picture is to be turned or mirrored."""
    packets: int
    seconds: float
    """From the first packet's time to the end of the last."""
    minis: bytes
    """A grey copy of each frame, one behind the other."""


async def decode(path: Path, still: Path | None, *, seconds: float, limits: Limits) -> Decoded:
    """Decode all of an MP4; any damage is an error. Its still, a JPEG, is written to `still`.

    `seconds`: how long it should be. Raises FfmpegFailed.
    """
    with tempfile.TemporaryDirectory(prefix="verify-") as name:
        folder = Path(name)
        also = [
            Output(still or folder / "still.jpg", thumbnail.MUXER, ("-map", "[still]", *thumbnail.ENCODED, *_ALONE)),
            Output(folder / "wide", "yuv4mpegpipe", ("-map", "[wide]", *_STRIP)),
            Output(folder / "tall", "yuv4mpegpipe", ("-map", "[tall]", *_STRIP)),
            Output(folder / "turned", "rawvideo", ("-map", "[turned]", *_EACH, "-frames:v", "2")),
            Output(folder / "packets", "framecrc", ("-map", "0:v:0", "-c", "copy")),
        ]
        filters = _FILTERS.format(picture=thumbnail.picture(seconds))
        await run_ffmpeg(
            [Input(path, "mov", ("-noautorotate", *_ALONE))],
            ("-xerror", "-filter_complex_threads", "1", "-filter_complex", filters, "-map", "[mini]", *_EACH),
            folder / "minis",
            muxer="rawvideo",
            also=also,
            limits=limits,
        )
        return await asyncio.to_thread(_read, folder)


def _read(folder: Path) -> Decoded:
    wide, tall = _header(folder / "wide"), _header(folder / "tall")
    codec, packets, seconds = _packets(folder / "packets")
    return Decoded(
        codec=codec,
        width=int(wide["W"]),
        height=int(tall["H"]),
        pixels=wide["C"],
        full_range=wide.get("XCOLORRANGE") == "FULL",
        square=wide["A"] in {"0:0", "0:1", "1:1"},
        turned=(folder / "turned").stat().st_size > _SPOT_BYTES,
        packets=packets,
        seconds=seconds,
        minis=(folder / "minis").read_bytes(),
    )


def _header(strip: Path) -> dict[str, str]:
    """The first line of a YUV4MPEG2 file: `YUV4MPEG2 W1280 H2 F24:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL`."""
    with strip.open("rb") as file:
        words = file.readline().decode("ascii").split()[1:]
    return {word[0]: word[1:] for word in words if word[0] != "X"} | dict(
        word.split("=", 1) for word in words if word[0] == "X"
    )


def _packets(listed: Path) -> tuple[str, int, float]:
    """The codec, how many packets there are and how many seconds they last, from a list of framecrc's.

    Lines are `#name stream: value`, then for each packet `stream, dts, pts, duration, …` in parts of a second.
    """
    named: dict[str, str] = {}
    count, begin, end = 0, 0, 0
    for line in listed.read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            name, _, value = line.partition(" 0: ")
            named[name] = value
            continue
        _, _, at, lasts, *_ = line.split(",")
        begin, end = min(begin, int(at)) if count else int(at), max(end, int(at) + int(lasts))
        count += 1
    return named["#codec_id"], count, float((end - begin) * Fraction(named["#tb"]))
