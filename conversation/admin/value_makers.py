"""Who makes clips, as a value: vendors in order with their weights, moved by buttons or written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from conversation.admin.value_kinds import Move, Unreadable
from conversation.i18n import gettext as _
from conversation.wording import maker
from services.errors import AlreadyDone

HEAVIEST: Final = 9999
_ONE: Final = re.compile(r"([a-z0-9_-]{1,64})(?:\s*[*×]\s*([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True)
class Makers:
    vendors: tuple[str, ...]
    """All that can make clips here."""
    usual: dict[str, int]
    """Who does where nothing is set."""
    written: bool = True
    long: bool = False

    def shown(self, value: Any) -> str:
        return " → ".join(_one(name, weight, here=name in self.vendors) for name, weight in self._of(value).items())

    def moves(self, value: Any) -> list[list[Move]]:
        active = self._of(value)
        rows = []
        for place, name in enumerate(active):
            earlier = [Move(_("⬆️ {name} earlier").format(name=maker(name)), f"up.{name}")] if place else []
            off = [Move(_("🚫 {name} off").format(name=maker(name)), f"off.{name}")] if len(active) > 1 else []
            rows.append([*earlier, *off])
        idle = [name for name in self.vendors if name not in active]
        return [*rows, *([Move(_("✅ {name} on").format(name=maker(name)), f"on.{name}")] for name in idle)]

    def moved(self, value: Any, to: str) -> Any:
        active, (way, _dot, name) = self._of(value), to.partition(".")
        names = list(active)
        place = names.index(name) if name in names else -1
        if way == "on" and place < 0 and name in self.vendors:
            return {**active, name: 1}
        if way == "off" and place >= 0 and len(names) > 1:
            return {one: weight for one, weight in active.items() if one != name}
        if way == "up" and place > 0:
            names[place - 1 : place + 1] = [name, names[place - 1]]
            return {one: active[one] for one in names}
        raise AlreadyDone

    def read(self, text: str) -> Any:
        """`runway*3, local`, as in the environment, or `Runway ×3 → Echoes`, as it is shown."""
        found = [_ONE.fullmatch(part.strip()) for part in re.split("[,→]", text.lower())]
        keys = {maker(name).lower(): name for name in self.vendors}
        wanted = {keys.get(one[1], one[1]): int(one[2] or 1) for one in found if one}
        known = all(name in self.vendors and 0 < weight <= HEAVIEST for name, weight in wanted.items())
        if not known or len(wanted) < len(found):
            raise Unreadable(text)
        return wanted

    def _of(self, value: Any) -> dict[str, int]:
        return value or self.usual


def _one(name: str, weight: int, *, here: bool) -> str:
    words = maker(name) + (f" ×{weight}" if weight != 1 else "")
    return words if here else _("{name} (cannot be used here)").format(name=words)
