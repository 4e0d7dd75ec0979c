"""What the money machine chooses from: who, how much, what is tampered with, the courses of refunds and disputes."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from services.payments.facts import Problem
from tests.services.payments.money_model import Promo

NAMES = ("Alice", "Bob", "Carol")
REFUNDS = (
    ("succeeded",),
    ("pending", "succeeded"),
    ("pending", "succeeded", "failed"),
    ("requires_action", "canceled"),
)
DISPUTES = (
    ("warning_needs_response", "warning_under_review", "warning_closed"),
    ("warning_needs_response", "warning_closed", "needs_response", "under_review", "lost"),
    ("needs_response", "under_review", "lost", "won"),
    ("needs_response", "prevented"),
)
TAMPERED: dict[Problem, dict[str, Any]] = {
    Problem.NO_REFERENCE: {"reference": None},
    Problem.UNKNOWN_ORDER: {"reference": "invented"},
    Problem.WRONG_AMOUNT: {"amount": 1},
    Problem.WRONG_CURRENCY: {"currency": "idr"},
    Problem.WRONG_MODE: {"right_mode": False},
    Problem.WRONG_ITEMS: {"one_pack": False},
    Problem.WRONG_LINK: {"link_id": "plink_of_another"},
}
PROMOS = {"EVERYBODY": Promo(3, 4, 2, new_users_only=False), "NEWCOMERS": Promo(5, 2, 1, new_users_only=True)}
names = st.sampled_from(NAMES)
credits_ = st.sampled_from((1, 2, 3, 5, 10))
shares = st.sampled_from((1, 25, 33, 50, 67, 100))
"""Percent of a charge."""
places = st.sampled_from(((), (0,), (1,), (4,), (1, 0), (2, 0, 1)))
"""What of a course is told at once, in this order; the rest later or never."""
