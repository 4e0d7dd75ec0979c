"""People who come and go in a world that all tests here share, or in worlds of a test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

from tests.support.person import Person
from tests.support.world import BOT_ID, HASTY, World, running

Arrive = Callable[..., Awaitable[Person]]


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests of a process: its people are strangers to each other, so tests do not meet.

    It goes when the tests here are through: one that only waits costs a tenth of a processor.
    """
    with running(tmp_path_factory.mktemp("world"), **HASTY) as shared:
        yield shared


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def arrive(session: aiohttp.ClientSession) -> AsyncIterator[Arrive]:
    """`await arrive(world, "Alice", "es")`: a new person with a phone."""
    people: list[Person] = []

    async def come(world: World, name: str = "Alice", language: str = "en", **_facts: Any) -> Person:
        people.append(await Person.arrive(session, world.url, BOT_ID, name, language))
        return people[-1]

    yield come
    for person in people:
        await person.leave()


@pytest.fixture
async def alice(world: World, arrive: Arrive) -> Person:
    return await arrive(world, "Alice")


@pytest.fixture
async def bob(world: World, arrive: Arrive) -> Person:
    return await arrive(world, "Bob")
