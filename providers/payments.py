"""Payment vendors behind small protocols: what the services ask of them, whatever their libraries look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol


class PaymentError(Exception):
    """The vendor could not be asked, or said no. The text is for the log and for admins; it holds no secret."""

    def __init__(self, text: str, *, retryable: bool) -> None:
        super().__init__(text)
        self.retryable = retryable
        """Whether the same call may succeed later."""


@dataclass(frozen=True, slots=True)
class StarTransaction:
    """A line of Telegram's list of Stars. A refund has the id of the payment it gives back."""

    id: str
    amount: int
    """In Stars."""
    telegram_id: int | None
    """The person on the other side, where it is one."""
    payload: str | None
    incoming: bool


class StarsDesk(Protocol):
    async def refund(self, telegram_id: int, charge_id: str) -> None:
        """Give a payment back, whole. Harmless when it was given back before. Raises PaymentError."""

    async def transactions(self, offset: int, limit: int) -> list[StarTransaction]:
        """Telegram's list in the order of time, from number `offset` on, at most 100. Raises PaymentError."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Somebody's visit to the page of a Payment Link, as it stands."""

    id: str
    link_id: str | None
    reference: str | None
    """What the address of the page carried: the payer can edit it."""
    charge_id: str
    """What the money is known by at the vendor: the visit itself where there is nothing else."""
    progress: Literal["open", "pending", "paid", "failed", "over"]
    """open: nothing is paid yet; pending: a slow payment is under way; failed: it did not come; over: nothing will."""
    amount: int
    """In the smallest unit of `currency`."""
    currency: str
    one_pack: bool
    """Whether exactly one piece of one thing was bought."""
    labels: dict[str, str]
    """Those of the link: see LinkTerms."""
    receipt_url: str | None = None


@dataclass(frozen=True, slots=True)
class CardReversal:
    """A refund or dispute of a card payment as it stands; `status` is in the vendor's words."""

    id: str
    kind: Literal["refund", "dispute"]
    charge_id: str
    amount: int
    status: str


@dataclass(frozen=True, slots=True)
class CardEvent:
    """What the vendor tells: of a visit or a reversal, or that something about a charge's refunds has changed."""

    id: str
    type: str
    livemode: bool
    about: Checkout | CardReversal | None
    """As it was then; of a visit, without what has to be asked for. None: nothing that concerns us."""
    refunds_of: str | None = None


@dataclass(frozen=True, slots=True)
class LinkTerms:
    """What a Payment Link sells and for how much. `labels` come back with every payment and name whose link it is."""

    name: str
    description: str
    amount: int
    currency: str
    return_url: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class PaymentLink:
    id: str
    url: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """Where the vendor sends its events, for the doctor to look at."""

    url: str
    enabled: bool
    types: frozenset[str]


class CardDesk(Protocol):
    """Every call raises PaymentError when the vendor cannot be asked or says no."""

    def verify(self, body: bytes, signature: str | None, secret: str) -> dict[str, Any]:
        """The event in a webhook's body. Raises Forged unless the vendor signed it within the last minutes."""

    def read(self, body: dict[str, Any]) -> CardEvent:
        """An event in our words. Raises PaymentError when it lacks what it must have."""

    async def checkout(self, checkout_id: str) -> Checkout | None:
        """A visit as it stands now; None when there is no such."""

    async def checkouts(self, link_id: str, reference: str, since: int) -> list[Checkout]:
        """A link's visits with this reference that began at `since` (seconds since 1970) or later.

        Without what has to be asked for visit by visit: what was bought, and how a slow payment stands.
        """

    async def refunds(self, charge_id: str) -> list[CardReversal]:
        """All refunds of a charge."""

    async def refund(self, charge_id: str, amount: int, *, key: str) -> CardReversal:
        """Give so much back, once for `key`."""

    async def events(self, since: int) -> list[dict[str, Any]]:
        """The bodies of what happened at `since` (seconds since 1970) or later, oldest first; 30 days at most."""

    async def open_links(self) -> list[PaymentLink]:
        """All links that can be paid at, whoever made them."""

    async def make_link(self, terms: LinkTerms, *, key: str) -> PaymentLink:
        """A new link, once for `key`."""

    async def close_link(self, link_id: str) -> None:
        """Nothing can be paid at it from now on. Harmless when it is closed already."""

    async def webhook_addresses(self) -> list[WebhookAddress]:
        """Where events are sent."""


class Forged(Exception):
    """What claims to come from the vendor does not, or is too old or too new to be believed."""
