"""The buyer's and the bank's side of the sandbox's Stripe, for worlds: pay, refund, dispute, go wrong."""

from __future__ import annotations

from typing import Any

import aiohttp

Json = dict[str, Any]


class Bank:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._control = f"{url}/control/stripe"

    async def pay(self, url: str, **how: Any) -> Json:
        """Pay at a Payment Link's address, as a card does unless `method` says otherwise; returns the session."""
        return dict(await self.post("pay", {"link": url} | how))

    async def refund(self, session: Json, amount: int | None = None) -> Json:
        part = {} if amount is None else {"amount": amount}
        return dict(await self.post("refunds", {"payment": session["payment_intent"]} | part))

    async def dispute(self, session: Json) -> Json:
        return dict(await self.post("disputes", {"payment": session["payment_intent"]}))

    async def fault(self, kind: str, **fields: Any) -> None:
        await self.post("faults", {"kind": kind} | fields)

    async def mend(self) -> None:
        """No fault stands any more."""
        async with self._session.delete(f"{self._control}/faults") as response:
            assert response.status == 200, await response.text()

    async def post(self, path: str, body: Json) -> Any:
        async with self._session.post(f"{self._control}/{path}", json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def get(self, path: str) -> Any:
        async with self._session.get(f"{self._control}/{path}") as response:
            assert response.status == 200, await response.text()
            return await response.json()
