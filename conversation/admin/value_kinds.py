"""What kinds of values there are: how each is shown, what its buttons do, how it is read when somebody writes it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from conversation.i18n import gettext as _
from services.errors import AlreadyDone

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"[0-9]{1,6}([.,][0-9]{1,6})?")


class Unreadable(ValueError):
    """What was written is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Move:
    """A button that says what it will be."""

    label: str
    to: str
    """Without ":", at most 24 characters."""


class Kind(Protocol):
    @property
    def written(self) -> bool:
        """Whether it can be written; else there are only buttons."""
        ...

    @property
    def long(self) -> bool:
        """Whether it is shown as a quotation below the rest."""
        ...

    def shown(self, value: Any) -> str:
        """As plain text, on one line unless it is long."""
        ...

    def moves(self, value: Any) -> list[list[Move]]:
        """Rows of buttons, from how it is."""
        ...

    def moved(self, value: Any, to: str) -> Any:
        """What a button makes of it. Raises AlreadyDone for one of an earlier moment."""
        ...

    def read(self, text: str) -> Any:
        """What somebody wrote. Raises Unreadable."""
        ...


@dataclass(frozen=True, slots=True)
class Number:
    low: int
    high: int
    say: Callable[[int], str] = str
    written: bool = True
    long: bool = False

    def shown(self, value: Any) -> str:
        return self.say(value)

    def moves(self, value: Any) -> list[list[Move]]:
        around = [Move(f"{'−' if one < value else '+'}1", str(one)) for one in (value - 1, value + 1)]
        return [[move for move in around if self.low <= int(move.to) <= self.high]]

    def moved(self, value: Any, to: str) -> Any:  # noqa: ARG002 - the button says it all
        return self.read(to)

    def read(self, text: str) -> Any:
        number = int(text) if _NUMBER.fullmatch(text) else -1
        if not self.low <= number <= self.high:
            raise Unreadable(text)
        return number


@dataclass(frozen=True, slots=True)
class Cents:
    """US cents, with fractions."""

    most: int
    written: bool = True
    long: bool = False

    def shown(self, value: Any) -> str:
        return _("not known") if value is None else _("{count} ¢").format(count=f"{value:g}")

    def moves(self, value: Any) -> list[list[Move]]:  # noqa: ARG002 - there are none
        return []

    def moved(self, value: Any, to: str) -> Any:  # noqa: ARG002 - there are none
        raise AlreadyDone

    def read(self, text: str) -> Any:
        number = float(text.replace(",", ".")) if _DECIMAL.fullmatch(text) else math.inf
        if number > self.most:
            raise Unreadable(text)
        return number


@dataclass(frozen=True, slots=True)
class Choice:
    options: Mapping[Any, Callable[[], str]]
    """What each is called, by what it is: texts, or True and False."""
    written: bool = False
    long: bool = False

    def shown(self, value: Any) -> str:
        return self.options[value]()

    def moves(self, value: Any) -> list[list[Move]]:
        return [[Move(label(), str(one))] for one, label in self.options.items() if one != value]

    def moved(self, value: Any, to: str) -> Any:  # noqa: ARG002 - the button says it all
        return self.read(to)

    def read(self, text: str) -> Any:
        for one in self.options:
            if str(one) == text:
                return one
        raise AlreadyDone


@dataclass(frozen=True, slots=True)
class Words:
    """A text as it is: what looks like HTML in it is none."""

    most: int
    none: Callable[[], str]
    """What there is where nothing is set, as plain text."""
    long: bool = True
    written: bool = True

    def shown(self, value: Any) -> str:
        return self.none() if value is None else str(value)

    def moves(self, value: Any) -> list[list[Move]]:  # noqa: ARG002 - there are none
        return []

    def moved(self, value: Any, to: str) -> Any:  # noqa: ARG002 - there are none
        raise AlreadyDone

    def read(self, text: str) -> Any:
        kept = text.strip().replace("\r\n", "\n").replace("\x00", "")
        if not kept or len(kept) > self.most or (not self.long and "\n" in kept):
            raise Unreadable(len(kept))
        return kept
