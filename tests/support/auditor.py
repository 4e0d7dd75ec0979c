"""The auditor: reads the raw rows with plain SQL and says what does not add up.

It shares no code with the ledger, so that a mistake there cannot hide itself here. Every query finds offenders; a
sound database answers all of them with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text

from storage.database import Database
from tests.support.audit_rewards import REWARDS
from tests.support.audit_rules import HOLDS_OF_JOBS, MONEY, PAYMENTS, WORK

Look = Callable[[str], Sequence[Sequence[Any]]]


async def audit(db: Database, *, holds_without_jobs: bool = False) -> None:
    """Raises AssertionError when anything does not add up."""
    found = await findings(db, holds_without_jobs=holds_without_jobs)
    assert not found, "\n".join(found)


async def findings(db: Database, *, holds_without_jobs: bool = False) -> list[str]:
    """What does not add up: a line for each broken rule, with the first few offenders."""
    rules, asked = _questions(holds_without_jobs=holds_without_jobs)
    async with db.reading() as session:
        broken = (await session.execute(_sql(asked))).scalars().all()
        offenders = [(place, (await session.execute(_sql(rules[place][1]))).all()) for place in broken]
    return [_line(rules[place][0], rows) for place, rows in offenders]


def broken(look: Look, *, holds_without_jobs: bool = False) -> list[str]:
    """The same at a driver's own speed, for whoever audits after each of a hundred thousand steps.

    `look` runs a query and gives its rows.
    """
    rules, asked = _questions(holds_without_jobs=holds_without_jobs)
    return [_line(rules[place][0], look(rules[place][1])) for (place,) in look(asked)]


@cache
def _questions(*, holds_without_jobs: bool) -> tuple[list[tuple[str, str]], str]:
    """The rules, and one query that gives the places of those that are broken."""
    rules = list((MONEY | PAYMENTS | REWARDS | WORK | ({} if holds_without_jobs else HOLDS_OF_JOBS)).items())
    asked = " UNION ALL ".join(f"SELECT {place} WHERE EXISTS ({query})" for place, (_, query) in enumerate(rules))
    return rules, asked


def _line(rule: str, offenders: Sequence[Sequence[Any]]) -> str:
    return f"{rule}, but: {[tuple(row) for row in offenders[:5]]}"


def _sql(query: str) -> TextClause:
    return text(query.replace(":", r"\:"))  # the colons belong to keys; there are no parameters
