"""What vendors tell of money, in our words. The same for every rail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Rail = Literal["stripe", "stars"]
STRIPE: Rail = "stripe"
STARS: Rail = "stars"
STARS_CURRENCY = "XTR"


class Problem(StrEnum):
    """Why a payment could not be matched to an order, and waits for an admin."""

    NO_REFERENCE = "no_reference"
    UNKNOWN_ORDER = "unknown_order"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    WRONG_LINK = "wrong_link"
    """Paid at another pack's Payment Link than the order's."""
    WRONG_ITEMS = "wrong_items"
    """Not one of the pack the link sells: another quantity, or something besides."""
    WRONG_MODE = "wrong_mode"
    """Test money where real money is expected, or the other way round."""
    WRONG_PAYER = "wrong_payer"


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that did move. `amount` is in the smallest unit of `currency`; whole Stars for XTR."""

    rail: Rail
    external_id: str
    reference: str | None
    """The order's token as the vendor gives it back. By card the payer can edit it."""
    amount: int
    currency: str
    payer_id: int | None = None
    """Stars only: the Telegram account that paid."""
    link_id: str | None = None
    """Cards only: the Payment Link it was paid at."""
    one_pack: bool = True
    """Whether exactly one piece of one thing was bought."""
    right_mode: bool = True
    """Whether it is test or real money as this deployment expects."""
    receipt_url: str | None = None


@dataclass(frozen=True, slots=True)
class Reversed:
    """A refund or dispute as it stands. `charge_id` is the `external_id` of the charge it is about."""

    rail: Rail
    external_id: str
    kind: Literal["refund", "dispute"]
    charge_id: str
    amount: int
    status: str


RANKS: dict[str, dict[str, int]] = {
    # A refund can still fail after it was reported as succeeded.
    "refund": {"pending": 1, "requires_action": 1, "succeeded": 2, "failed": 3, "canceled": 3},
    # An inquiry (warning_…) can become a dispute, and a lost dispute can be won after all.
    "dispute": {
        "warning_needs_response": 1,
        "warning_under_review": 2,
        "warning_closed": 3,
        "needs_response": 4,
        "under_review": 5,
        "lost": 6,
        "won": 7,
        "prevented": 7,
    },
}
"""How far along each status is, so that news in any order ends in the same state. Source: Stripe's API reference."""

COUNTS: dict[str, frozenset[str]] = {
    "refund": frozenset({"pending", "requires_action", "succeeded"}),
    "dispute": frozenset({"warning_needs_response", "warning_under_review", "needs_response", "under_review", "lost"}),
}
"""The statuses in which the money is gone or contested, and the credits with it."""


def portion(credits_: int, amount: int, whole: int) -> int:
    """What `amount` out of a payment of `whole` is worth of its credits, rounded half up; all of it for all of it.

    Of a payment of nothing, nothing can go back.
    """
    return (2 * credits_ * min(amount, whole) + whole) // (2 * whole) if whole > 0 else 0
