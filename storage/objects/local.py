"""Objects as files in a folder: the default, for one machine."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import os
import shutil
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from storage.objects.base import ObjectMissing, StoreUnavailable, checked_key


class LocalStore:
    """Files below `folder`; links are signed with `secret` and served by `GET /media/{key}`."""

    def __init__(self, folder: Path, *, secret: str, public_url: str) -> None:
        self._folder = folder
        self._secret = secret.encode()
        self._public_url = public_url.rstrip("/")

    def path(self, key: str) -> Path:
        """The file of an object. Raises InvalidKey, ObjectMissing."""
        path = self._place(key)
        if not path.is_file():
            raise ObjectMissing(key)
        return path

    async def put(self, key: str, source: bytes | Path, content_type: str) -> None:  # noqa: ARG002 - told by the name
        await asyncio.to_thread(self._put, self._place(key), source)

    async def get(self, key: str) -> bytes:
        return await asyncio.to_thread(self.path(key).read_bytes)

    async def download(self, key: str, into: Path) -> None:
        await asyncio.to_thread(shutil.copyfile, self.path(key), into)

    async def exists(self, key: str) -> bool:
        return self._place(key).is_file()

    async def size(self, key: str) -> int:
        return self.path(key).stat().st_size

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._place(key).unlink, missing_ok=True)

    async def url(self, key: str, *, expires_in_seconds: int) -> str:
        expires = int(time.time()) + expires_in_seconds
        signature = self._signature(checked_key(key), expires)
        return f"{self._public_url}/media/{quote(key)}?expires={expires}&signature={signature}"

    def verify(self, key: str, expires: str, signature: str) -> None:
        """Raises PermissionError for a link that was altered or has expired, InvalidKey for what is no key."""
        checked_key(key)
        if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
            raise PermissionError(key)
        right = self._signature(key, int(expires))
        # The signature first, in constant time: how a link is wrong must not be told by how long the answer takes.
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            raise PermissionError(key)
        if int(expires) < time.time():
            raise PermissionError(key)

    def _signature(self, key: str, expires: int) -> str:
        return hmac.new(self._secret, f"{key}\n{expires}".encode(), hashlib.sha256).hexdigest()

    def _place(self, key: str) -> Path:
        return self._folder / checked_key(key)

    def _put(self, path: Path, source: bytes | Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, source)
        except OSError as error:
            raise StoreUnavailable(f"cannot write {path.name}: {error.strerror}") from error

    def _write(self, path: Path, source: bytes | Path) -> None:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as out:
                if isinstance(source, Path):
                    with source.open("rb") as file:
                        shutil.copyfileobj(file, out, 1 << 20)
                else:
                    out.write(source)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(path)
            self._sync_folder(path.parent)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise

    @staticmethod
    def _sync_folder(folder: Path) -> None:
        # Without this a crash may lose the name of a file whose content is safe.
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
