"""The port every object store stands behind, what its keys may look like, and how it says no."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

MAX_KEY_BYTES = 512
MAX_LINK_SECONDS = 7 * 24 * 3600
"""No store signs for longer: SigV4 ends at 604 800 s, and boto3 would sign more without complaint."""

# No part begins with a dot, which shuts out `..` and leaves dotted names to the store itself.
# 200 characters leave room below the 255 bytes file systems give a name.
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"
_KEY = re.compile(rf"{_PART}(?:/{_PART})*")


class InvalidKey(ValueError):
    """Not a key of ours. The key itself is not repeated: it may be hostile and end up in a log."""


class ObjectMissing(LookupError):
    """There is nothing under this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no object {key}")
        self.key = key


class StoreUnavailable(Exception):
    """The store could not do it now: unreachable, full, or refusing us. Nothing half-written was left behind."""


def checked_key(key: str) -> str:
    """The key, if it is one: parts of letters, digits, `.`, `_`, `-` between single slashes. Raises InvalidKey."""
    if len(key) > MAX_KEY_BYTES or not _KEY.fullmatch(key):
        raise InvalidKey("an object key has parts of letters, digits, dots, _ and -, at most 512 bytes in all")
    return key


def link_seconds(expires_in_seconds: int) -> int:
    """How long a link will really live: at most MAX_LINK_SECONDS. Raises ValueError below one second."""
    if expires_in_seconds < 1:
        raise ValueError(f"a link that lives {expires_in_seconds} s is of no use to anybody")
    return min(expires_in_seconds, MAX_LINK_SECONDS)


class ObjectStore(Protocol):
    """All of it raises InvalidKey for what is no key, and StoreUnavailable when the store itself fails."""

    async def put(self, key: str, source: bytes | Path, content_type: str) -> None:
        """Keep the bytes, or the file's content, under `key`; what was there before is replaced as a whole.

        When this returns, the object is durable and everybody sees it; until then nobody sees any of it.
        """
        ...

    async def get(self, key: str) -> bytes:
        """The whole object in memory. Raises ObjectMissing."""
        ...

    async def download(self, key: str, path: Path) -> None:
        """Write the object to the file `path`, which appears only once complete.

        Raises ObjectMissing, and OSError when `path` cannot be written.
        """
        ...

    async def exists(self, key: str) -> bool: ...

    async def size(self, key: str) -> int:
        """In bytes. Raises ObjectMissing."""
        ...

    async def delete(self, key: str) -> None:
        """Remove the object; that there was none is no error."""
        ...

    async def keys(self, folder: str) -> list[str]:
        """The keys of all objects below `folder`, which has no slash at its end; in no order."""
        ...

    async def url(self, key: str, *, expires_in_seconds: int) -> str:
        """A link that shows the object to whoever has it, for so long (at most a week). It is a secret: never log it.

        The object is not looked up. Raises ValueError for a time below one second.
        """
        ...

    async def close(self) -> None:
        """Let go of threads and connections."""
        ...
