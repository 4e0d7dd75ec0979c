"""Objects in a folder of this machine, with links that our own web process honours."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from storage.objects.base import ObjectMissing, StoreUnavailable, checked_key, link_seconds
from storage.objects.whole_file import SUFFIX, make_folder, whole_file

ABANDONED_SECONDS = 3600
"""A part file this old belongs to a process that was killed; no write takes so long."""

COPY_BYTES = 1 << 20

_EXPIRES = re.compile(r"[0-9]{1,12}")


class LinkRefused(PermissionError):
    """The link was not made by us, was changed, or has expired."""


class LocalStore:
    """An ObjectStore over the folder `root`. Several processes may share it.

    Content types are not kept: whoever serves a file tells them from its key's ending.
    """

    def __init__(self, root: str | Path, *, signing_secret: str, public_url: str) -> None:
        self._root = Path(root)
        self._staging = self._root / ".incoming"
        self._secret = signing_secret.encode()
        self._public_url = public_url

    async def put(self, key: str, source: bytes | Path, content_type: str) -> None:  # noqa: ARG002 - see the class
        await asyncio.to_thread(self._put, checked_key(key), source)

    async def get(self, key: str) -> bytes:
        return await asyncio.to_thread(self._get, key)

    async def download(self, key: str, path: Path) -> None:
        await asyncio.to_thread(self._download, key, path)

    async def exists(self, key: str) -> bool:
        try:
            await self.size(key)
        except ObjectMissing:
            return False
        return True

    async def size(self, key: str) -> int:
        return await asyncio.to_thread(self._size, key)

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, key)

    async def keys(self, folder: str) -> list[str]:
        return await asyncio.to_thread(self._keys, folder)

    async def url(self, key: str, *, expires_in_seconds: int) -> str:
        expires = str(int(time.time()) + link_seconds(expires_in_seconds))
        query = urlencode({"expires": expires, "signature": self._signature(checked_key(key), expires)})
        return f"{self._public_url}/media/{key}?{query}"

    async def close(self) -> None:
        """Nothing is held open."""

    def path(self, key: str) -> Path:
        """The object's file, for serving it. Raises ObjectMissing."""
        place = self._place(key)
        if not place.is_file():
            raise ObjectMissing(key)
        return place

    def verify(self, key: str, expires: str, signature: str, *, now: float | None = None) -> None:
        """Check a link's two parameters as they came in. `now` is Unix time in seconds. Raises LinkRefused."""
        # The signature first, so that nobody can learn anything about times they did not sign.
        genuine = self._signature(checked_key(key), expires)
        if not hmac.compare_digest(genuine.encode(), signature.encode(errors="replace")):
            raise LinkRefused("this link was not made here")
        if not _EXPIRES.fullmatch(expires) or int(expires) <= (time.time() if now is None else now):
            raise LinkRefused("this link has expired")

    def _place(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _signature(self, key: str, expires: str) -> str:
        return hmac.new(self._secret, f"{key}\n{expires}".encode(errors="replace"), hashlib.sha256).hexdigest()

    def _put(self, key: str, source: bytes | Path) -> None:
        if isinstance(source, bytes):
            self._write(key, BytesIO(source))
            return
        with source.open("rb") as content:
            self._write(key, content)

    def _write(self, key: str, content: BinaryIO) -> None:
        target = self._place(key)
        with _translated():
            self._prepare(target.parent)
            with whole_file(target, staging=self._staging) as file:
                shutil.copyfileobj(content, file, COPY_BYTES)

    def _get(self, key: str) -> bytes:
        with self._open(key) as content, _translated():
            return content.read()

    def _download(self, key: str, path: Path) -> None:
        with self._open(key) as content, whole_file(path, staging=path.parent) as file:
            shutil.copyfileobj(content, file, COPY_BYTES)

    def _open(self, key: str) -> BinaryIO:
        with _translated():
            try:
                return self.path(key).open("rb")
            except FileNotFoundError as error:
                # Deleted between the look and the opening.
                raise ObjectMissing(key) from error

    def _size(self, key: str) -> int:
        with self._open(key) as content:
            return os.fstat(content.fileno()).st_size

    def _delete(self, key: str) -> None:
        with _translated(), suppress(ObjectMissing):
            self.path(key).unlink(missing_ok=True)

    def _keys(self, folder: str) -> list[str]:
        with _translated():
            found = self._place(folder).rglob("*")
            return [path.relative_to(self._root).as_posix() for path in found if path.is_file()]

    def _prepare(self, folder: Path) -> None:
        if not self._staging.exists():
            # People's photos lie here; nobody else on this machine needs to look in.
            make_folder(self._root, mode=0o700)
            make_folder(self._staging)
        make_folder(folder)
        for part in self._staging.glob(f".*{SUFFIX}"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                    part.unlink()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the folder refuses: {error.strerror or error}") from error
