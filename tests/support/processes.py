"""The same thing at the same moment in processes of their own, as web and worker processes do it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from tests.support.nursery import forks

T = TypeVar("T")
_start: Any = None


def at_once(do: Callable[..., Awaitable[T]], arguments: Sequence[tuple[Any, ...]]) -> list[T]:
    """Run `do` once for each arguments, each in a process of its own, all let go together. Returns what they return.

    It blocks: call it in a thread. `do` must be importable.
    """
    context = forks()
    start = context.Barrier(len(arguments))
    with ProcessPoolExecutor(len(arguments), context, initializer=_wait_for, initargs=(start,)) as pool:
        return [one.result(60) for one in [pool.submit(_run, do, given) for given in arguments]]


def _wait_for(start: Any) -> None:
    global _start
    _start = start


def _run(do: Callable[..., Awaitable[T]], given: tuple[Any, ...]) -> T:
    _start.wait(60)  # each process waits here, so none of them takes two

    async def main() -> T:
        return await do(*given)

    return asyncio.run(main())
