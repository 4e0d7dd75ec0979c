"""What tests and developers may set about the stand-in."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sandbox.store import Json, Store


@dataclass
class Settings:
    """Times are seconds.

    `retry_seconds` passes before an event is sent a second time, then twice that, and so on up to `attempts` in all.
    `settle_seconds` is what a bank debit made on the checkout page takes. `shop` is the seller's name on the pages.
    """

    retry_seconds: float = 1.0
    attempts: int = 8
    settle_seconds: float = 5.0
    shop: str = "Echoes"
    _store: Store | None = None

    @classmethod
    def load(cls, store: Store) -> Settings:
        """Return the settings as they were left."""
        saved = next(iter(store.load("settings")), {})
        return cls(**saved, _store=store)

    def shown(self) -> Json:
        """Return all settings by name."""
        return {item.name: getattr(self, item.name) for item in fields(self) if not item.name.startswith("_")}

    def change(self, values: dict[str, Any]) -> None:
        """Set what is given and put the rest back to where it began."""
        for item in fields(self):
            if not item.name.startswith("_"):
                setattr(self, item.name, values.get(item.name, item.default))
        if self._store is not None:
            self._store.put("settings", "settings", self.shown())
