"""What a file says it is, by its first bytes: so that ffmpeg need not guess, and is never led to a playlist."""

from __future__ import annotations

from typing import Final

from media.ffmpeg import Demuxer

HEAD_BYTES: Final = 16
_ID3_HEADER: Final = 10
_MATROSKA: Final = b"\x1a\x45\xdf\xa3"


def id3_bytes(head: bytes) -> int:
    """How long the ID3v2 tag is that a file begins with; 0 without one.

    Its size is four bytes of seven bits each, without the header (https://id3.org/id3v2.4.0-structure, 3.1).
    """
    if not head.startswith(b"ID3") or len(head) < _ID3_HEADER:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return _ID3_HEADER + size


def demuxer_of(head: bytes) -> Demuxer | None:
    """What reads a file that begins (after its ID3 tag, if it has one) with these bytes; None: no sound we know."""
    known: tuple[tuple[bool, Demuxer], ...] = (
        (head.startswith(b"OggS"), "ogg"),
        (head.startswith(b"fLaC"), "flac"),
        (head.startswith((b"RIFF", b"RF64")) and head[8:12] == b"WAVE", "wav"),
        (head[4:8] == b"ftyp", "mov"),
        (head.startswith(_MATROSKA), "matroska"),
    )
    return next((demuxer for fits, demuxer in known if fits), None) or _mpeg(head)


def _mpeg(head: bytes) -> Demuxer | None:
    """MPEG audio begins with eleven bits set. Layer 0 means AAC in ADTS, whose sync word is twelve bits long."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0x06:
        return "mp3"
    return "aac" if head[1] & 0xF0 == 0xF0 else None
