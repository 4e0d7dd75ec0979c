"""Payments that wait for the bot's word: it is asked before any Star moves, and has ten seconds to answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.telegram.model import Json

# Bot API, answerPreCheckoutQuery: "must receive an answer within 10 seconds after the pre-checkout query was sent".
ANSWER_SECONDS = 10.0
TOO_LATE = "the bot did not answer in time"


@dataclass
class Checkout:
    """One question to a bot. `settle` is what happens when it agrees; `verdict` is what the payer hears."""

    id: str
    bot_id: int
    settle: Callable[[], Json]
    verdict: asyncio.Future[Json]


class Checkouts:
    """Questions not answered yet. They live in memory: a restart cancels them, as ten seconds would."""

    def __init__(self) -> None:
        self._open: dict[str, Checkout] = {}

    def ask(self, bot_id: int, seconds: float, settle: Callable[[], Json]) -> Checkout:
        """Begin a question that the bot can answer for so long."""
        loop = asyncio.get_running_loop()
        number = random.getrandbits(62)  # only has to be unlike its neighbours
        checkout = Checkout(str(number), bot_id, settle, loop.create_future())
        self._open[checkout.id] = checkout
        loop.call_later(seconds, self._expire, checkout.id)
        return checkout

    def answer(self, bot_id: int, query_id: str, error: str | None) -> bool:
        """Carry out the payment, or refuse it with the bot's words; False if nobody waits for that any more."""
        checkout = self._open.get(query_id)
        if checkout is None or checkout.bot_id != bot_id:
            return False
        del self._open[query_id]
        _tell(checkout, checkout.settle() if error is None else {"ok": False, "error": error})
        return True

    def _expire(self, query_id: str) -> None:
        if checkout := self._open.pop(query_id, None):
            _tell(checkout, {"ok": False, "error": TOO_LATE})

    def clear(self) -> None:
        """Cancel all."""
        for query_id in list(self._open):
            self._expire(query_id)


def _tell(checkout: Checkout, verdict: Json) -> None:
    if not checkout.verdict.done():  # the payer may have gone away
        checkout.verdict.set_result(verdict)
