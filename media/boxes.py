"""What the headers of an MP4 file claim: players lay out and seek by them before they have seen a picture.

Boxes are those of ISO/IEC 14496-12: a length of four bytes (1: eight more follow; 0: to the end), a name of four, then
the content, which for some is more boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MOST_BYTES: Final = 16 << 20  # an index of a minute has some kilobytes
_FULL: Final = 4  # version and flags, in front of a full box's own fields
_SAMPLE_ENTRIES: Final = 8  # of stsd: version, flags and a count
_SIZE_IN_ENTRY: Final = 24  # of a visual sample entry
_COUNT_IN_SIZES: Final = 8  # of stsz: version, flags and one size for all
_MATRIX_FROM_END: Final = 44  # of tkhd: nine numbers, then width and height


@dataclass(frozen=True, slots=True)
class Claims:
    """`None` or 0 seconds: it does not say (a file in fragments need not)."""

    film_seconds: float
    track_seconds: float
    shown: tuple[float, float]
    """Width and height on the screen, in pixels."""
    coded: tuple[int, int]
    """Width and height of the pictures, in pixels."""
    media_seconds: float = 0.0
    frames: int = 0
    """0: it does not say, like the seconds."""
    turned: bool = False
    """Whether players are to turn or mirror the pictures."""


def read_claims(path: Path) -> Claims | None:
    """What is said of the first track with pictures. None: there is none, or the index is no index."""
    try:
        film = _index(path)
        header = film and _child(film, b"mvhd")
        if not film or not header:
            return None
        scale, length = _scale_and_length(header)
        for name, track in _boxes(film):
            if name == b"trak" and _shows_pictures(track):
                return _of_track(track, scale, length)
    except struct.error:  # a field is cut off
        return None
    return None


def _of_track(track: bytes, scale: int, length: int) -> Claims | None:
    header = _child(track, b"tkhd")
    entries = _child(track, b"mdia", b"minf", b"stbl", b"stsd")
    if not header or not entries or not scale:
        return None
    _, entry = next(_boxes(entries[_SAMPLE_ENTRIES:]), (b"", b""))
    coded: tuple[int, int] = struct.unpack_from(">HH", entry, _SIZE_IN_ENTRY)
    # Version 1 has times of eight bytes: of making, of change and, behind the track's number, its length.
    long = header[0] == 1
    (lasts,) = struct.unpack_from(">Q" if long else ">I", header, _FULL + (24 if long else 16))
    across, down, _, up, along = struct.unpack_from(">5i", header, len(header) - _MATRIX_FROM_END)
    width, height = struct.unpack_from(">II", header, len(header) - 8)
    return Claims(
        film_seconds=length / scale,
        track_seconds=lasts / scale,
        shown=(width / 65536, height / 65536),
        coded=coded,
        media_seconds=_media_seconds(track),
        frames=_frames(track),
        turned=across < 0 or along < 0 or (down, up) != (0, 0),
    )


def _media_seconds(track: bytes) -> float:
    header = _child(track, b"mdia", b"mdhd")
    scale, length = _scale_and_length(header) if header else (0, 0)
    return length / scale if scale else 0.0


def _frames(track: bytes) -> int:
    sizes = _child(track, b"mdia", b"minf", b"stbl", b"stsz")
    return int(struct.unpack_from(">I", sizes, _COUNT_IN_SIZES)[0]) if sizes else 0


def _scale_and_length(header: bytes) -> tuple[int, int]:
    """Of mvhd or mdhd: how many parts a second has, and the length in them."""
    long = header[0] == 1
    scale, length = struct.unpack_from(">IQ" if long else ">II", header, _FULL + (16 if long else 8))
    return scale, length


def _shows_pictures(track: bytes) -> bool:
    handler = _child(track, b"mdia", b"hdlr")
    return handler is not None and handler[8:12] == b"vide"


def _index(path: Path) -> bytes | None:
    """The content of `moov`, wherever in the file it stands."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        at = 0
        while at + 8 <= end:
            file.seek(at)
            length, name = struct.unpack(">I4s", file.read(8))
            header = 8
            if length == 1:
                (length,) = struct.unpack(">Q", file.read(8))
                header = 16
            length = length or end - at
            if name == b"moov":
                return file.read(min(length - header, _MOST_BYTES)) if length > header else None
            if length < header:
                return None
            at += length
    return None


def _child(box: bytes, *names: bytes) -> bytes | None:
    """The content of the first box of that name, in the first of that name, and so on."""
    found: bytes | None = box
    for wanted in names:
        found = next((content for name, content in _boxes(found) if name == wanted), None) if found else None
    return found


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        if length < 8:  # the long and the open form are for what is large, and that stands outside the index
            return
        yield name, content[at + 8 : at + length]
        at += length
