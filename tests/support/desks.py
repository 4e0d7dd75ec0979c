"""Payment vendors, played: small recorders that answer as they are told."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from providers.payments import (
    CardEvent,
    CardReversal,
    Checkout,
    Forged,
    LinkTerms,
    PaymentError,
    PaymentLink,
    StarTransaction,
    WebhookAddress,
)
from providers.stripe import reading


@dataclass
class StarsCounter:
    """Telegram's list of Stars, and what was given back."""

    lines: list[StarTransaction] = field(default_factory=list)
    given_back: list[tuple[int, str]] = field(default_factory=list)
    away: bool = False
    """It cannot be reached."""

    async def refund(self, telegram_id: int, charge_id: str) -> None:
        self._answer()
        self.given_back.append((telegram_id, charge_id))

    async def transactions(self, offset: int, limit: int) -> list[StarTransaction]:
        self._answer()
        return self.lines[offset : offset + limit]

    def _answer(self) -> None:
        if self.away:
            raise PaymentError("Telegram: it is away", retryable=True)


@dataclass
class CardCounter:
    """Stripe as far as it is asked: visits to the payment page, refunds, links and events are what a test puts here."""

    visits: dict[str, Checkout] = field(default_factory=dict)
    reversals: list[CardReversal] = field(default_factory=list)
    links: dict[str, PaymentLink] = field(default_factory=dict)
    terms: dict[str, LinkTerms] = field(default_factory=dict)
    """What each link sells, by its id."""
    listed: list[dict[str, Any]] = field(default_factory=list)
    """The bodies of events, oldest first."""
    asked: list[str] = field(default_factory=list)
    away: bool = False
    """It cannot be reached."""

    _keys: dict[str, Any] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def verify(self, body: bytes, signature: str | None, secret: str) -> dict[str, Any]:
        raise Forged(f"nothing is signed here: {body!r} with {signature} for {secret}")

    def read(self, body: dict[str, Any]) -> CardEvent:
        return reading.event(body)

    async def checkout(self, checkout_id: str) -> Checkout | None:
        self._answer(f"checkout {checkout_id}")
        return self.visits.get(checkout_id)

    async def checkouts(self, link_id: str, reference: str, since: int) -> list[Checkout]:
        self._answer(f"checkouts {link_id} {since}")
        return [one for one in self.visits.values() if (one.link_id, one.reference) == (link_id, reference)]

    async def refunds(self, charge_id: str) -> list[CardReversal]:
        self._answer(f"refunds {charge_id}")
        return [one for one in self.reversals if one.kind == "refund" and one.charge_id == charge_id]

    async def refund(self, charge_id: str, amount: int, *, key: str) -> CardReversal:
        self._answer(f"refund {charge_id} {amount}")
        if key not in self._keys:
            self._keys[key] = CardReversal(f"re_{next(self._numbers)}", "refund", charge_id, amount, "succeeded")
            self.reversals.append(self._keys[key])
        made: CardReversal = self._keys[key]
        return made

    async def events(self, since: int) -> list[dict[str, Any]]:
        self._answer(f"events {since}")
        return [one for one in self.listed if one["created"] >= since]

    async def open_links(self) -> list[PaymentLink]:
        self._answer("open_links")
        return list(self.links.values())

    async def make_link(self, terms: LinkTerms, *, key: str) -> PaymentLink:
        self._answer("make_link")
        if key not in self._keys:
            id_ = f"plink_{next(self._numbers)}"
            self._keys[key] = self.links[id_] = PaymentLink(id_, f"http://127.0.0.1:1/pay/{id_}", terms.labels)
            self.terms[id_] = terms
        made: PaymentLink = self._keys[key]
        return made

    async def close_link(self, link_id: str) -> None:
        self._answer(f"close_link {link_id}")
        self.links.pop(link_id, None)

    async def webhook_addresses(self) -> list[WebhookAddress]:
        self._answer("webhook_addresses")
        return []

    def _answer(self, asked: str) -> None:
        self.asked.append(asked)
        if self.away:
            raise PaymentError("Stripe: it is away", retryable=True)
