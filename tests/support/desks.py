"""Payment vendors, played: small recorders that answer as they are told."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.payments import PaymentError, StarTransaction


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
