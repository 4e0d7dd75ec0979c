"""Stored bytes and the identifiers bots know them by."""

from __future__ import annotations

import asyncio
import base64
import binascii
import mimetypes
import struct
from dataclasses import asdict, replace
from hashlib import blake2b
from pathlib import Path

from sandbox.store import Counter, Store
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import StoredFile

MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
_IDENTIFIER = struct.Struct(">QI")
_CHECK_BYTES = 6


def wrong_identifier() -> BadRequest:
    """Return the refusal of a file_id that means nothing to this bot."""
    return BadRequest("wrong file identifier/HTTP URL specified")


class Files:
    """All files, in a folder by number, their facts in the store.

    A file_id names the bot it was made for and is useless to another; a file_unique_id is the same for all.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder
        folder.mkdir(parents=True, exist_ok=True)
        self._files = {body["number"]: StoredFile(**body) for body in store.load("file")}
        self._counter = Counter(store, "files")

    async def add(self, data: bytes, facts: StoredFile) -> StoredFile:
        """Store bytes under the next number; `facts` need not know number and size yet."""
        file = replace(facts, number=self._counter.next(), size=len(data))
        await asyncio.to_thread(self.path(file).write_bytes, data)
        return self.save(file)

    def save(self, file: StoredFile) -> StoredFile:
        """Write down what is known about a file."""
        self._files[file.number] = file
        self._store.put("file", file.number, asdict(file))
        return file

    def get(self, number: int) -> StoredFile | None:
        """Return a file by number."""
        return self._files.get(number)

    def path(self, file: StoredFile) -> Path:
        """Return where the bytes are."""
        return self._folder / str(file.number)

    async def read(self, file: StoredFile) -> bytes:
        """Return the bytes."""
        return await asyncio.to_thread(self.path(file).read_bytes)

    def clear(self) -> None:
        """Forget all files and delete their bytes."""
        for file in self._files.values():
            self.path(file).unlink(missing_ok=True)
        self._files.clear()
        self._store.clear("file")

    def file_id(self, bot_id: int, file: StoredFile) -> str:
        """Return the identifier this bot may send the file with."""
        body = _IDENTIFIER.pack(bot_id, file.number)
        return base64.urlsafe_b64encode(body + _check(body)).decode()

    def resolve(self, file_id: str) -> tuple[int, StoredFile]:
        """Return the bot a file_id was made for, and the file. Raises BadRequest for anything else."""
        try:
            raw = base64.b64decode(file_id, altchars=b"-_", validate=True)
            body, check = raw[: _IDENTIFIER.size], raw[_IDENTIFIER.size :]
            bot_id, number = _IDENTIFIER.unpack(body)
        except (binascii.Error, ValueError, struct.error):
            raise wrong_identifier() from None
        if check != _check(body) or number not in self._files:
            raise wrong_identifier()
        return bot_id, self._files[number]

    def of_bot(self, bot_id: int, file_id: str) -> StoredFile:
        """Return the file this bot means. Raises BadRequest for another bot's file_id too."""
        owner, file = self.resolve(file_id)
        if owner != bot_id:
            raise wrong_identifier()
        return file

    def file_path(self, file: StoredFile) -> str:
        """Return getFile's `file_path`. As with Telegram, the name is not the one the file was sent with."""
        suffix = mimetypes.guess_extension(file.mime) or ".bin"
        return f"{file.kind}s/file_{file.number}{suffix}"

    def by_path(self, file_path: str) -> StoredFile | None:
        """Return the file with this `file_path`."""
        number = file_path.rpartition("/file_")[2].partition(".")[0]
        file = self._files.get(int(number)) if number.isdecimal() else None
        return file if file and self.file_path(file) == file_path else None


def unique_id(file: StoredFile) -> str:
    """Return the file_unique_id: the same for every bot and for ever, but no bot can send with it."""
    digest = blake2b(f"{file.number}".encode(), digest_size=9, person=b"unique").digest()
    return "AQAD" + base64.urlsafe_b64encode(digest).decode()


def _check(body: bytes) -> bytes:
    return blake2b(body, digest_size=_CHECK_BYTES, person=b"file_id").digest()
