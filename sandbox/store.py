"""Where the sandbox keeps its state between runs: one SQLite table of JSON documents."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Store:
    """Documents by kind and key, written through at once. The living objects are in memory; this is their copy.

    Each vendor has a file of its own, `name`.db in `folder`. `synchronous=OFF`: a killed process loses nothing, and a
    sandbox need not survive a power cut.
    """

    def __init__(self, folder: Path, name: str = "telegram") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._db = sqlite3.connect(folder / f"{name}.db", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS documents"
            " (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have everything written inside survive a kill, or nothing of it. There must be no waiting inside.

        An exception undoes nothing: the living objects have changed, and their copy follows them.
        """
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    def put(self, kind: str, key: str | int, body: Json) -> None:
        """Write a document, new or not."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, str(key), text))

    def remove(self, kind: str, key: str | int) -> None:
        """Remove a document; one that is not there is no error."""
        self._db.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, str(key)))

    def load(self, kind: str) -> list[Json]:
        """Return all documents of a kind, in no particular order."""
        rows = self._db.execute("SELECT body FROM documents WHERE kind = ?", (kind,))
        return [json.loads(body) for (body,) in rows]

    def clear(self, *kinds: str) -> None:
        """Remove all documents of these kinds."""
        for kind in kinds:
            self._db.execute("DELETE FROM documents WHERE kind = ?", (kind,))

    def close(self) -> None:
        """Close the database; nothing else may be called afterwards."""
        self._db.close()


class Counter:
    """A number that only grows, across restarts. Reserved in blocks, so that most steps write nothing.

    After a crash up to a block of numbers is skipped, never given twice.
    """

    def __init__(self, store: Store, name: str, start: int = 0, block: int = 1) -> None:
        saved = {body["name"]: body["value"] for body in store.load("counter")}
        self._store, self._name, self._block = store, name, block
        self.value: int = saved.get(name, start)
        self._reserved = self.value

    def next(self) -> int:
        """Return the next number."""
        self.value += 1
        if self.value > self._reserved:
            self._reserved = self.value + self._block - 1
            self._store.put("counter", self._name, {"name": self._name, "value": self._reserved})
        return self.value
