"""Projects: numbered, named by their owner, the one chosen last is current."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.dialogue import Expectation, expectation
from services.errors import NameNotUsable
from services.projects import NAME_LIMIT
from services.users import Users
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE


async def numbers(shop: Shop, user: User) -> list[tuple[int, bool]]:
    return [(one.project.number, one.current) for one in await shop.projects.list(user.id)]


async def test_a_new_project_is_the_current_one(shop: Shop, alice: User) -> None:
    await shop.projects.start(alice.id)
    await shop.projects.start(alice.id)

    assert await numbers(shop, alice) == [(2, True), (1, False)]


async def test_projects_started_at_once_have_different_numbers(shop: Shop, alice: User) -> None:
    started = await asyncio.gather(*(shop.projects.start(alice.id) for _ in range(10)))

    assert sorted(project.number for project in started) == list(range(1, 11))


async def test_an_earlier_one_can_be_made_current(shop: Shop, alice: User) -> None:
    first = await shop.projects.start(alice.id)
    await shop.projects.start(alice.id)

    await shop.projects.choose(alice.id, first.id)

    assert await numbers(shop, alice) == [(1, True), (2, False)]
    view, is_new = await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    assert view.project is not None
    assert (view.project.id, is_new) == (first.id, False)


async def test_it_counts_clips_and_seconds(shop: Shop, alice: User) -> None:
    for _ in range(2):
        await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    await shop.projects.start(alice.id)

    empty, full = await shop.projects.list(alice.id)

    assert (empty.clips, empty.seconds) == (0, 0.0)
    assert (full.clips, full.seconds) == (2, 10.0)
    assert len((await shop.projects.view(alice.id, full.project.id)).takes) == 2


@ON_SQLITE
async def test_numbers_are_each_owner_s_own(shop: Shop, alice: User, bob: User) -> None:
    assert [(await shop.projects.start(user.id)).number for user in (alice, bob)] == [1, 1]


async def test_a_name_is_expected_and_given(db: Database, shop: Shop, alice: User) -> None:
    project = await shop.projects.start(alice.id)
    await shop.projects.expect_name(alice.id, project.id)
    users = Users(db)
    assert expectation(await users.get(alice.id)) == Expectation("project_name", project.id)

    named = await shop.projects.rename(alice.id, project.id, "  Summer \n 2026\x00 ")

    assert named.name == "Summer 2026"
    assert expectation(await users.get(alice.id)) is None


@ON_SQLITE
@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\x00\u200b\u202e", "x" * (NAME_LIMIT + 1)])
async def test_it_refuses_no_name_and_too_much_of_one(shop: Shop, alice: User, name: str) -> None:
    project = await shop.projects.start(alice.id)

    with pytest.raises(NameNotUsable) as refused:
        await shop.projects.rename(alice.id, project.id, name)

    assert refused.value.limit == NAME_LIMIT
    assert (await shop.projects.list(alice.id))[0].project.name is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(max_size=NAME_LIMIT + 10))
async def test_any_name_is_kept_in_one_printable_line_or_refused(db: Database, shop: Shop, name: str) -> None:
    user = await create_user(db)
    project = await shop.projects.start(user.id)
    try:
        kept = (await shop.projects.rename(user.id, project.id, name)).name
    except NameNotUsable:
        return
    assert kept is not None
    assert kept.isprintable()
    assert 0 < len(kept) <= NAME_LIMIT
    assert "".join(kept.split()) == "".join(mark for mark in name if mark.isprintable() and not mark.isspace())
