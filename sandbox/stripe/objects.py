"""Everything Stripe keeps for the account, as the JSON of its API."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.store import Json, Store


@dataclass
class Record:
    """An object in one mode. `aside` is what the sandbox knows about it and Stripe does not show."""

    number: int
    livemode: bool
    body: Json
    aside: Json = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The object's id."""
        return str(self.body["id"])

    @property
    def kind(self) -> str:
        """What sort of object it is, such as `checkout.session`."""
        return str(self.body["object"])


class Objects:
    """Objects by id, and by kind in the order they were made."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_id: dict[str, Record] = {}
        self._by_kind: dict[str, dict[str, Record]] = {}
        records = [Record(**saved) for saved in store.load("object")]
        for record in sorted(records, key=lambda record: record.number):
            self._keep(record)
        self._last = max((record.number for record in records), default=0)

    def add(self, livemode: bool, body: Json, **aside: Any) -> Record:
        """Keep a new object."""
        self._last += 1
        record = Record(self._last, livemode, body, aside)
        self._keep(record)
        self.save(record)
        return record

    def _keep(self, record: Record) -> None:
        self._by_id[record.id] = record
        self._by_kind.setdefault(record.kind, {})[record.id] = record

    def save(self, record: Record) -> None:
        """Write an object that was changed."""
        self._store.put("object", record.id, asdict(record))

    def remove(self, record: Record) -> None:
        """Forget an object."""
        self._by_id.pop(record.id, None)
        self._by_kind[record.kind].pop(record.id, None)
        self._store.remove("object", record.id)

    def get(self, object_id: str) -> Record | None:
        """Return an object of either mode."""
        return self._by_id.get(object_id)

    def of(self, kind: str) -> list[Record]:
        """Return all objects of a kind, the newest first."""
        return list(reversed(self._by_kind.get(kind, {}).values()))

    def clear(self) -> None:
        """Forget everything."""
        self._by_id.clear()
        self._by_kind.clear()
        self._store.clear("object")
