"""Posting events to endpoints: signed, one after the other to each, again and again until they are confirmed."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import aiohttp

from sandbox.stripe.account import Account
from sandbox.stripe.delivery.deliveries import Delivery
from sandbox.stripe.delivery.signature import signature_header

# Stripe does not publish how long it waits.
ANSWER_SECONDS = 20
_LOOK_AGAIN = 1.0  # a moved clock is noticed this soon
_HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
}


class Sender:
    """Sends while the application runs.

    An event that fails lets the next one pass, as with Stripe: nobody may rely on the order.
    """

    def __init__(self, account: Account) -> None:
        self._account, self._deliveries = account, account.deliveries
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        """Send until cancelled."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as self._session:
            try:
                while True:
                    self._deliveries.news.clear()
                    pause = self._begin_what_is_due()
                    # Not wait_for: until Python 3.12 it can lose a cancellation that meets the news.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(pause):
                            await self._deliveries.news.wait()
            finally:
                for task in self._busy.values():
                    task.cancel()
                await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _begin_what_is_due(self) -> float:
        """Start what may be sent; return when to look again, in seconds."""
        now, pause = self._account.clock(), _LOOK_AGAIN
        for delivery in self._deliveries.waiting():
            line = f"{delivery.endpoint}/{delivery.number}" if delivery.at_once else delivery.endpoint
            if line in self._busy:
                continue
            if delivery.next_at > now:
                pause = min(pause, delivery.next_at - now)
            else:
                self._busy[line] = asyncio.create_task(self._deliver(delivery, line))
        return pause

    async def _deliver(self, delivery: Delivery, line: str) -> None:
        try:
            code, error = await self._post(delivery)
        finally:
            self._busy.pop(line, None)
        self._deliveries.note(delivery, code, error)
        self._deliveries.news.set()

    async def _post(self, delivery: Delivery) -> tuple[int | None, str | None]:
        """Post an event; return the HTTP status, or what went wrong without one."""
        event, endpoint = (self._account.objects.get(name) for name in (delivery.event, delivery.endpoint))
        if event is None or endpoint is None or self._session is None:
            return None, "the event or the endpoint is gone"
        payload = json.dumps(event.body, indent=2, ensure_ascii=False).encode()
        signature = signature_header(payload, endpoint.aside["secret"], int(self._account.clock()))
        headers = _HEADERS | {"Stripe-Signature": signature}
        try:
            async with self._session.post(
                endpoint.body["url"], data=payload, headers=headers, allow_redirects=False, ssl=False
            ) as answer:
                await answer.read()
                return answer.status, None
        except TimeoutError:
            return None, "timed out"
        except aiohttp.ClientError as error:
            return None, type(error).__name__
