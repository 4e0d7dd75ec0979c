"""What the people who run the service change without a deploy, with the bounds of each value.

The environment is only where it starts: it says what a value is where none was set, or was taken back.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MOST_CREDITS: Final = 1_000_000
MOST_FILMS: Final = 10_000
LONGEST_CONTACT: Final = 64
Credits = Annotated[int, Field(ge=0, le=MOST_CREDITS)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ReferralRule = Literal["bought", "approved"]


class Values(BaseModel):
    """One frozen picture of all of them: a use case reads it once, and it does not change under its hands."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    signup_credits: Credits = 1
    referral_credits: Credits = 1
    """For a friend who joins, at once, and for whoever brought them, when it vests; 0 switches it off."""
    referral_vests: ReferralRule = "bought"
    """It vests with the friend's first approved clip that was paid with bought credits, or approved at all."""
    share_credits: Credits = 1
    """For each new person who comes through a shared project; 0 switches it off."""
    share_daily_limit: Credits = 5
    """The most that a person earns by sharing in 24 hours."""
    films_a_day: Annotated[int, Field(ge=0, le=MOST_FILMS)] = 20
    """The most films that a person may have made within 24 hours; 0: no limit."""

    makers: dict[Name, Annotated[int, Field(ge=1, le=9999)]] = Field(default_factory=dict)
    """Who makes clips: active vendors in failover order, with their weights among equals. Empty: as the environment
    says."""
    prices: dict[Name, dict[Name, Annotated[int, Field(ge=1, le=10_000)]]] = Field(default_factory=dict)
    """Credits by a model's key and a length in seconds (JSON has only text as keys), where not the vendor's own."""
    models_off: list[Name] = Field(default_factory=list)
    """Keys of models that nobody is offered."""
    system_prompt: Text | None = None
    """What the language model is told before it improves a prompt; None: the one we ship."""

    vendor_unit_cents: dict[Name, Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]] = Field(
        default_factory=lambda: {"runway": 1.0}
    )
    """What a unit of a vendor's costs (jobs.cost), in US cents. Runway publishes its price of a credit."""
    star_cents: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None
    """What a Star brings us, in US cents; None: not known."""

    paused: bool = False
    """No job is begun; what is at a vendor is still fetched."""
    paused_makers: list[Name] = Field(default_factory=list)
    """Vendors that are given nothing new."""
    maintenance: Text | None = None
    """What everybody who is not staff gets as an answer; None: the house is open."""

    support_contact: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_CONTACT)] | None = None
    texts: dict[Name, Text] = Field(default_factory=dict)
    """Own words for `terms`, `privacy` and `support`, each by its language: `terms:en`."""
