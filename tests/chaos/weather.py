"""Faults of those outside, ordered from the sandbox at random: Telegram's, the vendors', and their webhooks'."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import aiohttp

from tests.chaos.stage import Record

TELEGRAM: tuple[dict[str, Any], ...] = (
    {"kind": "flood", "retry_after": 1, "times": 2},
    {"kind": "flood", "method": "sendVideo", "retry_after": 3, "times": 1},
    {"kind": "error", "times": 2},
    {"kind": "error", "method": "sendVideo", "times": 1},
    {"kind": "html", "times": 1},
    {"kind": "drop_before", "times": 2},
    {"kind": "drop_after", "method": "sendVideo", "times": 1},
    {"kind": "drop_after", "method": "sendMessage", "times": 1},
    {"kind": "drop_after", "method": "editMessageCaption", "times": 2},
    {"kind": "error", "method": "getUpdates", "times": 1},
    {"kind": "duplicate_updates", "times": 3},
    {"kind": "reorder_updates", "times": 2},
    {"kind": "latency", "seconds": 1.5, "times": 3},
)
CALLS: tuple[dict[str, Any], ...] = (
    {"kind": "drop_after", "call": "submit"},
    {"kind": "drop_after", "call": "submit"},
    {"kind": "drop_before", "call": "submit"},
    {"kind": "error", "call": "submit", "status": 503},
    {"kind": "garbage", "call": "submit"},
    {"kind": "html", "call": "submit"},
    {"kind": "rate_limit", "call": "submit", "retry_after": 2},
    {"kind": "latency", "call": "submit", "seconds": 3.0},
    {"kind": "error", "call": "status", "times": 3},
    {"kind": "garbage", "call": "status", "times": 2},
    {"kind": "drop_before", "call": "status", "times": 3},
    {"kind": "rate_limit", "call": "status", "retry_after": 2},
    {"kind": "error", "call": "cancel"},
    {"kind": "drop_after", "call": "fetch"},
    {"kind": "error", "call": "fetch"},
)
WORK: tuple[dict[str, Any], ...] = tuple(
    {"kind": kind}
    for kind in (
        *("fail", "moderate", "late_success", "never_finish", "slow", "throttle", "backwards", "wrong_id"),
        *("expired_url", "redirect", "corrupt", "truncated", "header_only", "zero_bytes", "html_video"),
        *("wrong_length", "wrong_size", "black", "lose_webhook", "duplicate_webhook"),
    )
)
VENDORS = ("runway", "runpod", "modal")
REPEATS = ("sendVideo", "sendMessage")


class Weather:
    def __init__(self, session: aiohttp.ClientSession, url: str, record: Record, dice: random.Random) -> None:
        self._session = session
        self._url = url
        self._record = record
        self._dice = dice

    async def run(self, every_seconds: float) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / every_seconds))
            if self._dice.random() < 0.4:
                await self._order("telegram", "/control/faults", dict(self._dice.choice(TELEGRAM)))
            else:
                fault = dict(self._dice.choice(self._dice.choice((CALLS, WORK))))
                vendor = self._dice.choice(VENDORS)
                await self._order(vendor, "/control/vendors/faults", {"times": 1, "vendor": vendor} | fault)

    async def clear(self) -> None:
        for place in ("/control/faults", "/control/vendors/faults"):
            async with self._session.delete(f"{self._url}{place}") as answer:
                assert answer.status < 300, await answer.text()

    async def _order(self, whose: str, place: str, fault: dict[str, Any]) -> None:
        async with self._session.post(f"{self._url}{place}", json=fault) as answer:
            assert answer.status < 300, await answer.text()
        self._record.faults[f"{whose} {fault['kind']}"] += 1
        if fault["kind"] == "drop_after" and fault.get("method") in REPEATS:
            self._record.may_repeat += 1
