"""Telling the owners of calls that only claim to be a vendor's, however many there are."""

from __future__ import annotations

import time
from typing import Final

from services.alerts import Alerts

PAUSE_SECONDS: Final = 600.0
"""Anybody can make such calls: each of them must not cost us a transaction."""


class Forgeries:
    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts
        self._told = -PAUSE_SECONDS

    async def tell(self) -> None:
        now = time.monotonic()
        if now - self._told >= PAUSE_SECONDS:
            self._told = now
            await self._alerts.send("signatures_fail", about="stripe")
