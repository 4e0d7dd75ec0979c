"""Forged calls are told of, and a flood of them costs nothing."""

from __future__ import annotations

from typing import Any

from bot.forgeries import Forgeries


class Recorder:
    def __init__(self) -> None:
        self.sent: list[str] = []

    async def send(self, alert: str, **_facts: Any) -> None:
        self.sent.append(alert)


async def test_a_thousand_forged_calls_are_told_of_once() -> None:
    recorder = Recorder()
    forgeries = Forgeries(recorder)  # type: ignore[arg-type]
    for _ in range(1000):
        await forgeries.tell()
    assert recorder.sent == ["signatures_fail"]

    forgeries._told -= 601
    await forgeries.tell()
    assert len(recorder.sent) == 2
