"""The photos that came with orders: checked, and kept under their digest."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from pathlib import Path

from media.errors import PhotoRefused
from media.photo import normalise

_NAME_LENGTH = 32


class BadPhoto(Exception):
    """The bytes are no photo a vendor could use; the text says why."""


class Photos:
    """Photos in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def add(self, data: bytes) -> str:
        """Keep a photo and return its name. Raises BadPhoto."""
        name = hashlib.sha256(data).hexdigest()[:_NAME_LENGTH]
        if not self._path(name).exists():
            await asyncio.to_thread(self._write, name, data)
        return name

    def read(self, name: str) -> bytes:
        """Return a photo as an upright JPEG."""
        return self._path(name).read_bytes()

    def clear(self) -> None:
        """Delete all photos."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, name: str, data: bytes) -> None:
        try:
            photo = normalise(data)
        except PhotoRefused as refused:
            raise BadPhoto(f"the photo is refused: {refused.reason.value}") from None
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(name).write_bytes(photo.data)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.jpg"
