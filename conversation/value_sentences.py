"""What may be written for a value, in one sentence: said when it is asked for, and again when it was something else."""

from __future__ import annotations

from collections.abc import Callable

from conversation.i18n import gettext as _
from services.errors import ValueNotUsable


def value_sentence(refusal: ValueNotUsable) -> str:
    return wanted(refusal.name)


def wanted(name: str) -> str:
    """Of a value of services.live.values; plain text."""
    sentences: dict[str, Callable[[], str]] = {
        "share_daily_limit": lambda: _("Please write a whole number from 0 to 1,000,000."),
        "films_a_day": lambda: _("Please write a whole number from 0 to 10,000."),
        "makers": lambda: _("Please write names from above in their order, such as first*3, second (3 is its weight)."),
        "prices": lambda: _("Please write a whole number of credits, from 1 to 10,000."),
        "star_cents": lambda: _("Please write US cents, from 0 to 1,000: 1.3, for example."),
        "vendor_unit_cents": lambda: _("Please write US cents, from 0 to 100,000: 1 or 0.05, for example."),
        "support_contact": lambda: _("Please write a @name, an address or a link, at most 64 characters."),
        **dict.fromkeys(("signup_credits", "referral_credits", "share_credits"), _credits),
        **dict.fromkeys(("system_prompt", "texts"), _text),
        "maintenance": lambda: _("Please write 1 to 3,000 characters."),
    }
    return sentences[name]() if name in sentences else _("Please choose one of the buttons.")


def _credits() -> str:
    return _("Please write a whole number of credits, from 0 to 1,000,000.")


def _text() -> str:
    return _("Please write 1 to 3,000 characters, as one message or as a text file (.txt).")
