"""How those who sell write a pack (`Big, 500, 39.99, 2900`), and one part of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from conversation.callbacks.admin_packs import Part
from conversation.money import smallest_units
from conversation.view import one_line
from services.packs import Terms, terms_of
from storage.tables import Pack

LINE: Final = re.compile(r"(.+?)\s*,\s*([^,]+?)\s*,\s*([^,]+?|[^,]*[0-9],[0-9]{1,3}[^0-9,]*)\s*,\s*([^,]+)")
"""Name, credits, price, Stars: the price may have a comma of its own, and so may the name."""
WHOLE: Final = re.compile(r"[0-9]{1,9}")
BESIDE: Final = "$€£₽⭐\ufe0f 🪙💳"
"""What one may write beside a number, as it is shown."""


def line(text: str, currency: str) -> Terms | None:
    """`currency`: of the price. None for what cannot be read."""
    found = LINE.fullmatch(one_line(text))
    if found is None:
        return None
    name, credits_, price, stars = found.groups()
    numbers = whole(credits_), smallest_units(price.strip(BESIDE), currency), whole(stars)
    return None if None in numbers else Terms(name, *(number or 0 for number in numbers))


def changed(pack: Pack, part: Part, text: str) -> Terms | None:
    """The pack as it would be. None for what cannot be read."""
    terms = terms_of(pack)
    match part:
        case "name":
            return replace(terms, name=one_line(text))
        case "price":
            cents = smallest_units(text.strip().strip(BESIDE), pack.currency)
            return None if cents is None else replace(terms, cents=cents)
        case "all":
            return line(text, pack.currency)
        case "credits":
            number = whole(text)
            return None if number is None else replace(terms, credits=number)
        case "stars":
            number = whole(text)
            return None if number is None else replace(terms, stars=number)


def whole(text: str) -> int | None:
    written = "".join(text.strip().strip(BESIDE).split())
    return int(written) if WHOLE.fullmatch(written) else None
