"""What an MP4 file's headers claim, in whatever form they are written."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from media.boxes import Claims, read_claims
from tests.media.clips import make_clip
from tests.support.spoilt import spoilt


def box(name: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I4s", 8 + len(whole), name) + whole


def of_version_1(*, film: bytes = b"") -> bytes:
    """An index with times of eight bytes, of a film of 6 s whose track of 5 s has 640×360."""
    matrix = bytes(36)
    header = b"\1\0\0\0" + bytes(16) + struct.pack(">IQ", 1000, 6000) + bytes(80)
    track = b"\1\0\0\7" + bytes(16) + struct.pack(">I4xQ", 1, 5000) + bytes(16) + matrix
    track += struct.pack(">II", 640 << 16, 360 << 16)
    handler = bytes(8) + b"vide" + bytes(13)
    entries = bytes(8) + box(b"avc1", bytes(24), struct.pack(">HH", 640, 360), bytes(50))
    media = box(b"mdia", box(b"hdlr", handler), box(b"minf", box(b"stbl", box(b"stsd", entries))))
    sound = box(b"trak", box(b"tkhd", track[:-8] + bytes(8)), box(b"mdia", box(b"hdlr", bytes(8) + b"soun")))
    return box(b"moov", film or box(b"mvhd", header), sound, box(b"trak", box(b"tkhd", track), media))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clip.mp4"


@pytest.mark.parametrize("faststart", [True, False])
def test_it_reads_what_an_encoder_wrote(file: Path, faststart: bool) -> None:
    make_clip(file, seconds=2, size=(320, 180), faststart=faststart)
    assert read_claims(file) == Claims(2.0, 2.0, (320, 180), (320, 180), 2.0, 48)


def test_it_reads_the_long_form_and_finds_the_pictures_behind_the_sound(file: Path) -> None:
    file.write_bytes(box(b"ftyp", b"isom") + of_version_1())
    assert read_claims(file) == Claims(6.0, 5.0, (640, 360), (640, 360))


@pytest.mark.parametrize("matrix", [(0, 1, -1, 0), (0, -1, 1, 0), (-1, 0, 0, -1), (1, 0, 0, -1)])
def test_it_tells_of_pictures_to_be_turned_or_mirrored(file: Path, matrix: tuple[int, int, int, int]) -> None:
    across, down, up, along = (one << 16 for one in matrix)
    upright = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    make_clip(file, seconds=0.2)
    whole, name = file.read_bytes(), b"tkhd"
    place = whole.index(upright, whole.index(name))
    file.write_bytes(whole[:place] + struct.pack(">5i", across, down, 0, up, along) + whole[place + 20 :])
    claims = read_claims(file)
    assert claims is not None
    assert claims.turned


def test_it_passes_by_a_box_of_eight_bytes_of_length(file: Path) -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 100) + bytes(100)
    file.write_bytes(large + of_version_1())
    assert read_claims(file) is not None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"moov",
        box(b"moov"),
        box(b"moov", box(b"mvhd", b"\0" * 4)),
        of_version_1(film=box(b"free")),
        of_version_1()[:-60],
        struct.pack(">I4s", 3, b"moov") + bytes(100),
        struct.pack(">I4s", 2**31, b"mdat"),
    ],
    ids=["nothing", "a name", "empty", "a short field", "no film", "cut off", "too short a length", "beyond the end"],
)
def test_what_is_no_index_claims_nothing(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert read_claims(file) is None


def test_it_tells_what_is_claimed_not_what_is_so(file: Path) -> None:
    file.write_bytes(spoilt("pictures that are said to be huge"))
    assert read_claims(file) == Claims(5.0, 5.0, (160, 90), (1280, 720), 5.0, 40)
