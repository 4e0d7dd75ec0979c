"""Where in a value a field is: some values hold many, each a part that is set by itself.

A whole is what JSON has: nothing here changes one, what is put into it makes a new one. A part that is not there is
None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


class Part(Protocol):
    def get(self, whole: Any) -> Any: ...

    def put(self, whole: Any, value: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Whole:
    def get(self, whole: Any) -> Any:
        return whole

    def put(self, whole: Any, value: Any) -> Any:  # noqa: ARG002 - nothing of it is left
        return value


@dataclass(frozen=True, slots=True)
class Entry:
    """Of an object: what is below a key, and below one in that, and so on."""

    keys: tuple[str, ...]

    def get(self, whole: Any) -> Any:
        for key in self.keys:
            whole = (whole or {}).get(key)
        return whole

    def put(self, whole: Any, value: Any) -> Any:
        """None takes it out, and what is empty then."""
        key, *deeper = self.keys
        inner = Entry(tuple(deeper)).put((whole or {}).get(key), value) if deeper else value
        if inner is None or inner == {}:
            return {known: kept for known, kept in (whole or {}).items() if known != key}
        return {**(whole or {}), key: inner}


@dataclass(frozen=True, slots=True)
class NotListed:
    """True for what a list does not name."""

    name: str

    def get(self, whole: Any) -> Any:
        return self.name not in whole

    def put(self, whole: Any, value: Any) -> Any:
        others = [one for one in whole if one != self.name]
        return others if value else [*others, self.name]
