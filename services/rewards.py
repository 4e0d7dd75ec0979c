"""What people earn besides buying, as the owners set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ReferralRule = Literal["bought", "approved"]


@dataclass(frozen=True, slots=True)
class Rewards:
    """In credits; 0 switches a reward off."""

    referral_credits: int
    """For a friend who joins, at once, and for whoever brought them, when it vests."""
    referral_rule: ReferralRule
    """It vests with the friend's first approved clip that was paid with bought credits, or approved at all."""
    share_credits: int
    """For each new person who comes through a shared project."""
    share_daily_limit: int
    """The most that a person earns by sharing in 24 hours."""
