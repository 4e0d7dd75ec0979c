"""How an owner writes a promo code: `SUMMER 5`, `SUMMER 5 100` (uses), `SUMMER 5 100 30` (days), `… new`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from services.promos import NewCode

LARGEST: Final = 1_000_000
LONGEST_DAYS: Final = 3650


def promo_wanted(code: str, credits_: str, limits: list[str]) -> NewCode | None:
    """None for what cannot be read. `any` in the place of the uses: as many as come."""
    words = [word.lower() for word in limits]
    new_users_only = "new" in words
    numbers = [word for word in words if word != "new"]
    uses, days = (*numbers, "any", "any")[:2]
    read = [_number(credits_, LARGEST), _number(uses, LARGEST), _number(days, LONGEST_DAYS)]
    if len(numbers) > 2 or read[0] in (None, 0) or None in read:
        return None
    worth, max_uses, lasts = (number or 0 for number in read)
    return NewCode(
        code=code,
        credits=worth,
        max_uses=max_uses or None,
        new_users_only=new_users_only,
        expires_at=datetime.now(UTC) + timedelta(days=lasts) if lasts else None,
    )


def _number(word: str, largest: int) -> int | None:
    """0 for `any`, None for what is no number from 1 to `largest`."""
    if word == "any":
        return 0
    return int(word) if word.isdecimal() and len(word) < 10 and 0 < int(word) <= largest else None
