"""Payment vendors behind small protocols: what the services ask of them, whatever their libraries look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


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
