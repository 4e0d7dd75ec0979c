"""One thing that can be set, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Any, Final

from conversation.admin.value_kinds import Kind
from conversation.admin.value_parts import Part, Whole
from conversation.callbacks.admin_values import GroupName
from services.live.live import Standing, same

Wholes = Mapping[str, Any]
"""All values by their names, as JSON has them."""
WHOLE: Final = Whole()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Fields of one group that are looked at together: of one model, of one text."""

    key: str
    label: Callable[[], str] = field(compare=False)

    @property
    def id(self) -> int:
        return _number(self.key)


@dataclass(frozen=True, slots=True)
class Field:
    group: GroupName
    name: str
    """Of services.live.values."""
    label: Callable[[], str]
    kind: Kind
    about: Callable[[], str]
    """What setting it does, and what it does not."""
    key: str = ""
    """Tells fields of one value apart."""
    part: Part = WHOLE
    own: Any = None
    """What a part is where nothing says otherwise."""
    shelf: Shelf | None = None
    short: Callable[[], str] | None = None
    """What it is called on its shelf."""

    @property
    def id(self) -> int:
        """The same over restarts, and from 1: for buttons, and for what the next text means."""
        return _number(f"{self.name}/{self.key}")

    def called(self) -> str:
        """Where its shelf is known."""
        return self.short() if self.short else self.label()

    def of(self, whole: Any) -> Any:
        value = self.part.get(whole)
        return self.own if value is None else value

    def is_own(self, now: Wholes, usual: Wholes) -> bool:
        """Whether it differs from what the environment says."""
        return not same(self.of(now[self.name]), self.of(usual[self.name]))

    def with_part(self, standing: Standing, value: Any) -> Any:
        """The whole to set, so that the field's part becomes `value`."""
        return self.part.put(standing.value, value)

    def as_usual(self, standing: Standing) -> Any:
        """The whole to set, so that the field is as the environment says; None: all of it is."""
        if isinstance(self.part, Whole):
            return None
        whole = self.part.put(standing.value, self.part.get(standing.usual))
        return None if same(whole, standing.usual) else whole

    def as_with(self, standing: Standing, changed: Any) -> Any:
        """The whole to set, so that the field is as a change made it."""
        if isinstance(self.part, Whole):
            return changed
        return self.part.put(standing.value, self.part.get(standing.usual if changed is None else changed))


def _number(text: str) -> int:
    return int.from_bytes(blake2s(text.encode(), digest_size=4).digest()) >> 1 or 1
