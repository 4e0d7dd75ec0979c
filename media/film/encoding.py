"""How a film's own pieces are encoded: as the embedded renderer encodes clips, so that both can stand in one film."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from media.errors import FfmpegFailed
from media.ffmpeg import Input, Limits, OnProgress, run_ffmpeg
from media.film.frame import Frame
from media.film.source import Source, read
from media.film.stoppable import in_thread

# Equal to what providers/local encodes with; a test holds the two together. The parameter sets that result are equal
# byte for byte then, and MP4 has them once for all of a film.
ENCODER: Final = {
    "preset": "veryfast",
    "crf": "22",
    "profile": "high",
    "x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv:mbtree=0",
}
THREADS: Final = 2
# What a clip says of itself beyond our own settings would stand in the parameter sets and make them differ.
_PLAIN: Final = "format=yuv420p,setsar=0,setparams=field_mode=prog:range=tv:chroma_location=unspecified"

_SECONDS_A_FRAME: Final = 1.0  # a slow machine's, at 1080p, with a lot to spare
_known_headers: dict[Frame, bytes] = {}


async def encode(
    inputs: list[Input],
    graph: str,
    into: Path,
    frame: Frame,
    *,
    frames: int,
    keys: tuple[int, ...] = (0,),
    on_progress: OnProgress | None = None,
) -> Source:
    """Encode the output `[film]` of a filter graph: `frames` frames, with key frames at least at `keys`.

    Raises FfmpegFailed, also when another number of frames came out.
    """
    options = [part for name, value in ENCODER.items() for part in (f"-{name}", value)]
    arguments = ["-filter_complex", f"{graph};[film]{_PLAIN}[out]", "-map", "[out]", "-an", "-c:v", "libx264", *options]
    arguments += ["-forced-idr", "1", "-force_key_frames", "expr:" + "+".join(f"eq(n,{key})" for key in keys)]
    arguments += ["-threads", str(THREADS), "-movflags", "+faststart"]
    limits = Limits(
        seconds=60 + frames * _SECONDS_A_FRAME,
        output_bytes=50 * 1024**2 + frames * frame.width * frame.height // 2,
    )
    await run_ffmpeg(inputs, arguments, into, muxer="mp4", limits=limits, on_progress=on_progress)
    made = await in_thread(lambda _stop: read(into))
    if not frame.suits(made) or frame.count(made) != frames:
        raise FfmpegFailed(f"ffmpeg made {made.order and len(made.order)} frames instead of {frames}", status=0)
    return made


async def headers(frame: Frame) -> bytes:
    """The parameter sets of everything encoded here for `frame`. Asked of ffmpeg once, with two black frames."""
    if frame not in _known_headers:
        with tempfile.TemporaryDirectory(prefix="film-headers-") as folder:
            raw = Path(folder) / "black.raw"
            await in_thread(lambda _stop: raw.write_bytes(bytes(frame.width * frame.height * 3)))
            graph = f"[0:v]fps={frame.rate}[film]"
            made = await encode([still(raw, frame, "yuv420p")], graph, Path(folder) / "black.mp4", frame, frames=2)
        _known_headers[frame] = made.headers
    return _known_headers[frame]


def still(raw: Path, frame: Frame, pixels: str) -> Input:
    """Bare pixels in the size and at the rate of `frame`."""
    size = f"{frame.width}x{frame.height}"
    return Input(raw, "rawvideo", ("-s", size, "-pix_fmt", pixels, "-r", str(frame.rate)))
