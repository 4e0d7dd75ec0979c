"""Lanes: order within a chat, no waiting between chats."""

from __future__ import annotations

import asyncio
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lanes import AT_ONCE, Lanes


@given(st.lists(st.integers(0, 4), max_size=60))
@settings(max_examples=30)
def test_each_lane_keeps_its_order(lanes_of: list[int]) -> None:
    done: list[tuple[int, int]] = []

    async def work(lane: int, number: int) -> None:
        await asyncio.sleep(0)
        done.append((lane, number))

    async def run() -> None:
        lanes = Lanes()
        for number, lane in enumerate(lanes_of):
            lanes.put(lane, partial(work, lane, number))
        await lanes.drain(5)

    asyncio.run(run())
    assert sorted(done, key=lambda one: one[1]) == [(lane, number) for number, lane in enumerate(lanes_of)]
    for lane in set(lanes_of):
        mine = [number for done_lane, number in done if done_lane == lane]
        assert mine == sorted(mine)


async def test_a_flood_from_one_does_not_keep_another_waiting() -> None:
    lanes, released, served = Lanes(), asyncio.Event(), asyncio.Event()

    async def blocked() -> None:
        await released.wait()

    async def serve() -> None:
        served.set()

    for _ in range(1000):
        lanes.put("flooder", blocked)
    lanes.put("other", serve)
    await asyncio.wait_for(served.wait(), 2)
    released.set()
    await lanes.drain(5)


async def test_not_more_chats_are_served_at_once_than_there_are_places() -> None:
    lanes, at_once, most = Lanes(), 0, 0

    async def work() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.001)
        at_once -= 1

    for lane in range(AT_ONCE * 3):
        lanes.put(lane, work)
    await lanes.drain(5)
    assert most == AT_ONCE


async def test_draining_leaves_what_takes_too_long() -> None:
    lanes = Lanes()
    lanes.put("stuck", asyncio.Event().wait)  # type: ignore[arg-type]
    await asyncio.wait_for(lanes.drain(0.05), 2)
