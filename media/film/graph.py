"""Filter graphs that turn stretches of clips into pieces of a film."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from media.ffmpeg import Input
from media.film.frame import Frame
from media.film.plan import Piece, Stretch, agrees
from media.film.source import Source

_SAME_SHAPE: Final = 0.02
_BLUR_AT: Final = 8
"""The ground behind a clip of another shape is blurred this much smaller: it looks the same and costs a hundredth."""
# xfade wants colour at full resolution. Neighbours doubled on the way there and dropped on the way back change nothing.
_FULL_COLOUR: Final = "scale=flags=neighbor,format=yuv444p"
_HALF_COLOUR: Final = "scale=flags=neighbor,format=yuv420p"
_UNKNOWN_COLOURS: Final = 2  # H.273


class Graph:
    """The inputs and the filters for some pieces that are encoded in one run, one after another."""

    def __init__(self, pieces: Sequence[Piece], frame: Frame, headers: bytes) -> None:
        self.inputs: list[Input] = []
        self._frame, self._headers = frame, headers
        self._keys: dict[tuple[Path, bool], int] = {}
        self._uses: list[tuple[Source, list[str]]] = []
        self._lines: list[str] = []
        names = [self._piece(piece) for piece in pieces]
        self._lines.append("".join(names) + f"concat=n={len(names)}:v=1:a=0[film]")
        self.text = ";".join([*self._fittings(), *self._lines])

    def _piece(self, piece: Piece) -> str:
        name = f"[piece{len(self._lines)}]"
        ends = [self._stretch(stretch) for stretch in piece.stretches]
        if len(ends) == 1:
            return ends[0]
        frames, first = piece.blend, piece.stretches[0].frames
        start = first - frames
        if piece.transition == "cross":
            times = f"duration={float(frames / self._frame.rate):.6f}:offset={float(start / self._frame.rate):.6f}"
            for which, end in enumerate(ends):
                self._lines.append(f"{end}{_FULL_COLOUR}{name[:-1]}x{which}]")
            both = f"{name[:-1]}x0]{name[:-1]}x1]"
            self._lines.append(f"{both}xfade=transition=fade:{times},{_HALF_COLOUR}{name}")
        else:
            out, back = f"fade=t=out:start_frame={start}:nb_frames={frames}", f"fade=t=in:nb_frames={frames}"
            self._lines.append(f"{ends[0]}{out}{name[:-1]}a]")
            self._lines.append(f"{ends[1]}{back}{name[:-1]}b]")
            self._lines.append(f"{name[:-1]}a]{name[:-1]}b]concat=n=2:v=1:a=0{name}")
        return name

    def _stretch(self, stretch: Stretch) -> str:
        """The frames of a stretch, numbered anew from 0."""
        taken = self._taken(stretch)
        name = f"[cut{len(self._lines)}]"
        chain = f"trim=start_frame={stretch.first}:end_frame={stretch.last},{self._even()}"
        self._lines.append(f"{taken}{chain}{name}")
        return name

    def _even(self) -> str:
        """Time stamps from the frames' numbers; `fps` then says of the stream that it is even, which xfade wants."""
        return f"settb={1 / self._frame.rate},setpts=N,fps={self._frame.rate},format=yuv420p"

    def _taken(self, stretch: Stretch) -> str:
        """A name under which the clip's frames come. Each clip is decoded once, however many stretches it gives; of a
        clip that only lends its beginning no more than that is read."""
        source = stretch.source
        count = self._frame.count(source)
        beginning = stretch.first == 0 and stretch.last < count
        key = (source.path, beginning)
        if key not in self._keys:
            self._keys[key] = len(self.inputs)
            until = ("-t", f"{float((stretch.last + 2) / self._frame.rate):.6f}") if beginning else ()
            self.inputs.append(Input(source.path, "mov", ("-an", *until)))
            self._uses.append((source, []))
        number = self._keys[key]
        names = self._uses[number][1]
        names.append(f"[in{number}u{len(names)}]")
        return names[-1]

    def _fittings(self) -> list[str]:
        lines = []
        for number, (source, names) in enumerate(self._uses):
            agreeing = agrees(source, self._frame, self._headers)
            fitted = "null" if agreeing else fitting(source, self._frame, number)
            lines.append(f"[{number}:v]{fitted},split={len(names)}{''.join(names)}")
        return lines


def fitting(source: Source, frame: Frame, number: int) -> str:
    """Filters that bring a clip to the film's frame; `number` makes their names its own."""
    even = source.order is not None and source.rate == frame.rate
    times = f"settb={1 / frame.rate},setpts=N" if even else f"setpts=PTS-STARTPTS,fps={frame.rate}:start_time=0"
    # The last frame is held for as long as rounding asks; whoever takes frames says how many.
    times += f",tpad=stop_mode=clone:stop={round(frame.rate)}"
    known = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709," * (source.matrix == _UNKNOWN_COLOURS)
    whole = f"w={frame.width}:h={frame.height}:out_color_matrix=bt709:out_range=tv:flags=bicubic"
    last = "format=yuv420p"
    if abs(source.ratio / (frame.width / frame.height) - 1) <= _SAME_SHAPE:
        return f"{times},{known}scale={whole},{last}"
    small = (frame.width // _BLUR_AT, frame.height // _BLUR_AT)
    ground = (
        f"scale={small[0]}:{small[1]}:force_original_aspect_ratio=increase,crop={small[0]}:{small[1]},gblur=4,setsar=1"
    )
    dark = "lutyuv=y=16+(val-16)*0.6"
    inside = "force_original_aspect_ratio=decrease:force_divisible_by=2"
    return (
        f"{times},{known}format=yuv420p,split[near{number}][far{number}];"
        f"[far{number}]{ground},scale={whole},format=yuv420p,{dark}[ground{number}];"
        f"[near{number}]scale={whole}:{inside},setsar=1,format=yuv420p[shown{number}];"
        f"[ground{number}][shown{number}]overlay=(W-w)/2:(H-h)/2:format=yuv420,{last}"
    )
