"""Files that are not the clip they pass for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.vendors.work import Clip

_PAGE = b"<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
_BOX_HEADER = 8


def _corrupt(data: bytes) -> bytes:
    """Overwrite the pictures from a third on; the index in front still says that all is well."""
    begin = _pictures(data)
    begin += (len(data) - begin) // 3
    return data[:begin] + b"\xff\x00\x5a" * ((len(data) - begin) // 3 + 1)


def _truncate(data: bytes) -> bytes:
    """Cut in the middle of the pictures, as a broken connection does."""
    begin = _pictures(data)
    return data[: begin + (len(data) - begin) // 2]


def _header_only(data: bytes) -> bytes:
    """Keep the index, which promises everything, and none of the pictures."""
    return data[: _pictures(data)]


def _pictures(data: bytes) -> int:
    """Where the pictures begin in an MP4 whose index stands in front."""
    return data.index(b"mdat") + _BOX_HEADER // 2


BAD_FILES: dict[str, Callable[[bytes], bytes]] = {
    "corrupt": _corrupt,
    "truncated": _truncate,
    "header_only": _header_only,
    "zero_bytes": lambda _: b"",
    "html_video": lambda _: _PAGE,
}


def other_order(order: Clip) -> Clip:
    """Return what is rendered in place of an order: half as long, half as large, or just that."""
    if order.spoilt == "wrong_length":
        return replace(order, seconds=order.seconds / 2)
    if order.spoilt == "wrong_size":
        return replace(order, width=order.width // 4 * 2, height=order.height // 4 * 2)
    return order
