"""What was paid in Stars and what went back: the ledger behind receipts and getStarTransactions."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sandbox.store import Counter, Store
from sandbox.telegram.invoices import CURRENCY, Invoice
from sandbox.telegram.model import Json


@dataclass
class Charge:
    """One payment, in whole Stars. `number` and `refund_number` give all transactions their order; dates are Unix time.

    A subscription has a `period` in seconds, `expires` at a date, and may be `canceled` by the bot or the person;
    `first` tells its first payment from a renewal.
    """

    id: str
    bot_id: int
    person_id: int
    invoice_id: str
    amount: int
    payload: str
    number: int
    date: int
    period: int | None = None
    expires: int | None = None
    first: bool = True
    canceled: bool = False
    refund_number: int | None = None
    refund_date: int | None = None

    def receipt(self) -> Json:
        """Return the Bot API's SuccessfulPayment."""
        receipt = self._about() | {"provider_payment_charge_id": f"{self.person_id}_{self.number}"}
        if self.period is None:
            return receipt
        recurring = {"subscription_expiration_date": self.expires, "is_recurring": True}
        return receipt | recurring | ({"is_first_recurring": True} if self.first else {})

    def refund(self) -> Json:
        """Return the Bot API's RefundedPayment; for Stars it names no provider's charge."""
        return self._about()

    def _about(self) -> Json:
        about = {"currency": CURRENCY, "total_amount": self.amount, "invoice_payload": self.payload}
        return about | {"telegram_payment_charge_id": self.id}

    def transactions(self, user: Json) -> list[tuple[int, Json]]:
        """Return the Bot API's StarTransactions for this payment, each with its place in the order of all."""
        partner: Json = {"type": "user", "transaction_type": "invoice_payment", "user": user}
        partner["invoice_payload"] = self.payload
        if self.period is not None:
            partner["subscription_period"] = self.period
        common = {"id": self.id, "amount": self.amount}
        found: list[tuple[int, Json]] = [(self.number, common | {"date": self.date, "source": partner})]
        if self.refund_number is not None:
            found.append((self.refund_number, common | {"date": self.refund_date, "receiver": partner}))
        return found


class Charges:
    """All payments."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store, self._clock = store, clock
        self._charges = {body["id"]: Charge(**body) for body in store.load("charge")}
        self._counter = Counter(store, "transactions")

    def add(self, person_id: int, invoice: Invoice, *, first: bool = True) -> Charge:
        """Enter a payment of an invoice; a subscription lasts one period from now."""
        now = int(self._clock())
        charge = Charge(
            id=f"stx{secrets.token_urlsafe(36)}",
            bot_id=invoice.bot_id,
            person_id=person_id,
            invoice_id=invoice.id,
            amount=invoice.amount,
            payload=invoice.payload,
            number=self._counter.next(),
            date=now,
            period=invoice.period,
            expires=now + invoice.period if invoice.period else None,
            first=first,
        )
        return self.save(charge)

    def get(self, charge_id: str) -> Charge | None:
        """Return a payment."""
        return self._charges.get(charge_id)

    def of_bot(self, bot_id: int) -> list[Charge]:
        """Return the payments to a bot, oldest first."""
        found = (charge for charge in self._charges.values() if charge.bot_id == bot_id)
        return sorted(found, key=lambda charge: charge.number)

    def enter_refund(self, charge: Charge) -> None:
        """Write down that a payment went back; a subscription ends with it."""
        charge.refund_number, charge.refund_date = self._counter.next(), int(self._clock())
        charge.canceled = True
        self.save(charge)

    def save(self, charge: Charge) -> Charge:
        """Write down what changed about a payment."""
        self._charges[charge.id] = charge
        self._store.put("charge", charge.id, asdict(charge))
        return charge

    def balance(self, bot_id: int) -> int:
        """Return what a bot has, in Stars."""
        return sum(charge.amount for charge in self.of_bot(bot_id) if charge.refund_number is None)

    def clear(self) -> None:
        """Forget all payments."""
        self._charges.clear()
        self._store.clear("charge")
