"""Duties around money: Payment Links in step with the packs, and each vendor's own list against ours."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable

import structlog

from providers.payments import PaymentError
from services.payments.facts import Rail
from services.payments.links import Kept, Links
from storage.tables import Reconciliation

log = structlog.get_logger(__name__)
LINKS_SECONDS = 2.0
"""A pack whose price was changed is not sold by card until it has its new link. Where nothing differs, a round is two
short looks into the database."""
LINKS_LEASE_SECONDS = 30.0
LOOK_ROUNDS = 1800
"""Once an hour (and at the start) the links are compared with what Stripe has."""
REST_ROUNDS = 4
"""Left out after a round that failed: Stripe is away, or will say the same again."""
RECONCILE_SECONDS = 5.0
"""How often it is asked whether a look is due; a worker that starts after a while begins with one."""
HOUR_SECONDS = 3600.0
MINUTE_SECONDS = 60.0


class LinksDuty:
    def __init__(self, links: Links) -> None:
        self._links = links
        self._rounds = itertools.count()
        self._rest = 0
        self._looked = False

    async def round(self) -> None:
        if next(self._rounds) % LOOK_ROUNDS == 0:
            self._looked = False
        if self._rest:
            self._rest -= 1
            return
        try:
            kept = await self._links.keep(look=not self._looked)
        except PaymentError as error:
            log.warning("the links cannot be seen to", error=str(error))
            self._rest = REST_ROUNDS
            return
        self._looked = True
        self._rest = REST_ROUNDS if kept.failed else 0
        report(kept)


def report(kept: Kept) -> None:
    if kept.done:
        log.info("payment links are in step again", done=kept.done)
    if kept.failed:
        log.error("payment links are out of step", failed=kept.failed)


class ReconcileDuty:
    def __init__(
        self,
        rail: Rail,
        is_due: Callable[[Rail, float], Awaitable[bool]],
        look: Callable[[], Awaitable[Reconciliation]],
        *,
        every_s: float,
    ) -> None:
        self._rail = rail
        self._is_due = is_due
        self._look = look
        self._every_s = every_s

    async def round(self) -> None:
        """Only a look that came to its end is remembered: when a vendor cannot be asked, the next round asks again."""
        if not await self._is_due(self._rail, self._every_s):
            return
        try:
            found = await self._look()
        except PaymentError as error:
            log.warning("cannot be reconciled now", rail=self._rail, error=str(error))
            return
        say = log.warning if found.mended else log.info
        say("reconciled", rail=self._rail, looked_at=found.looked_at, mended=found.mended)
