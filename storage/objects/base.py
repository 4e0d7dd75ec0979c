"""What an object store does for us, and which names things may have in one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

KEY_BYTES = 512
SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


class InvalidKey(ValueError):
    """Not a name an object may have: it could reach outside the store, or mean different things in different ones."""


class ObjectMissing(Exception):
    """There is no object of that name."""


class StoreUnavailable(Exception):
    """The store could not be asked, or had no room. Nothing half-written is left behind."""


def checked_key(key: str) -> str:
    """`key` itself: segments of letters, digits, `.`, `_` and `-`, joined by `/`. Raises InvalidKey."""
    if len(key.encode()) > KEY_BYTES or not all(SEGMENT.fullmatch(segment) for segment in key.split("/")):
        raise InvalidKey(repr(key[:80]))
    return key


class ObjectStore(Protocol):
    """Every method raises InvalidKey for a key that is none, and StoreUnavailable when the store does not answer."""

    async def put(self, key: str, source: bytes | Path, content_type: str) -> None:
        """Write an object, replacing one of that name at once and as a whole."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises ObjectMissing."""
        ...

    async def download(self, key: str, into: Path) -> None:
        """Write the object to a file. Raises ObjectMissing."""
        ...

    async def exists(self, key: str) -> bool: ...

    async def size(self, key: str) -> int:
        """In bytes. Raises ObjectMissing."""
        ...

    async def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        ...

    async def url(self, key: str, *, expires_in_seconds: int) -> str:
        """A link that works for whoever has it, until it expires."""
        ...
