"""Who may do what: three roles, and what each of them has the right to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    OWNER = "owner"  # named in ADMIN_IDS
    ADMIN = "admin"
    SUPPORT = "support"


class Right(StrEnum):
    OVERVIEW = "overview"  # the figures
    PEOPLE = "people"  # find somebody, and see what we have of them
    CREDITS = "credits"  # give and take
    BAN = "ban"
    MESSAGE = "message"  # write to one person
    DATA = "data"  # export and delete what is kept of somebody
    PAYMENTS = "payments"  # see payments, unmatched ones too
    REFUND = "refund"  # send money back, say whose an unmatched payment is
    REPORTS = "reports"  # read what people asked or reported, and answer it
    JOBS = "jobs"  # see the queue and what failed
    WORK = "work"  # retry, fail, move, pause, maintenance
    VALUES = "values"  # what is set without a deploy
    PACKS = "packs"
    PROMOS = "promos"
    BROADCAST = "broadcast"
    AUDIT = "audit"  # see who did what
    STAFF = "staff"  # give and take roles


_SUPPORT: Final = frozenset({Right.PEOPLE, Right.MESSAGE, Right.REPORTS, Right.PAYMENTS, Right.JOBS})
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - {Right.STAFF},
    Role.SUPPORT: _SUPPORT,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts by virtue of their role, as they are at this moment."""

    user_id: int
    role: Role

    def may(self, right: Right) -> bool:
        return right in RIGHTS[self.role]
