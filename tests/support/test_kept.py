"""Connections that are kept can be used, and are no longer when they cannot."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.support import kept


@pytest.fixture
def conninfo(postgres_url: str) -> Iterator[str]:
    """A database that goes with the test, as do the connections to it."""
    yield postgres_url.replace("+psycopg", "")
    kept.let_go()


async def test_a_closed_one_is_there_for_the_next_who_asks(conninfo: str) -> None:
    first = await kept.connect(conninfo)
    another = await kept.connect(conninfo)
    await first.close()

    assert first.info.backend_pid in kept.servers()
    assert await kept.connect(conninfo) is first
    assert first.info.backend_pid not in kept.servers()
    assert await (await first.execute("SELECT 1")).fetchone() == (1,)

    for one in (first, another):
        await one.commit()
        await one.close()


async def test_one_in_the_middle_of_something_is_closed(conninfo: str) -> None:
    connection = await kept.connect(conninfo)
    await connection.execute("SELECT 1")
    server = connection.info.backend_pid
    await connection.close()

    assert connection.closed
    assert server not in kept.servers()


async def test_one_whose_server_is_gone_is_not_handed_out(conninfo: str) -> None:
    lost = await kept.connect(conninfo)
    await lost.close()
    with psycopg.connect(conninfo, autocommit=True) as behind:
        behind.execute("SELECT pg_terminate_backend(%s, 5000)", [lost.info.backend_pid])

    found = await kept.connect(conninfo)
    assert found is not lost
    assert lost.closed
    await found.close()
