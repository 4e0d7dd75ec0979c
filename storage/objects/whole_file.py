"""Files that appear complete or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SUFFIX = ".part"


@contextmanager
def whole_file(path: Path, *, staging: Path) -> Iterator[BinaryIO]:
    """A file to write, moved to `path` when the block ends well and removed when it does not.

    It is written in the folder `staging`, on the same file system as `path`. Once the block has been left, the file
    and its name survive a power cut.
    """
    unfinished = staging / f".{secrets.token_hex(8)}{SUFFIX}"
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Create a folder and those above it so that they survive a power cut too."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    for place in missing:
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Names live in the folder: without this a new file may be gone after a power cut, though its bytes are not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
