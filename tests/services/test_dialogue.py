"""What the next text means is on the user's row: the last thing said counts."""

from __future__ import annotations

import pytest

from services.dialogue import Expectation, Expects, expectation
from services.users import Users
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE


async def expected(db: Database, user: User) -> Expectation | None:
    return expectation(await Users(db).get(user.id))


@ON_SQLITE
async def test_nothing_is_expected_of_a_newcomer(db: Database, alice: User) -> None:
    assert await expected(db, alice) is None


@pytest.mark.parametrize("what", ["draft_prompt", "album_prompt", "project_name"])
async def test_it_remembers_what_was_asked_last(db: Database, shop: Shop, alice: User, what: Expects) -> None:
    await shop.dialogue.expect(alice.id, Expectation("draft_prompt", 1))
    await shop.dialogue.expect(alice.id, Expectation(what, 2))

    assert await expected(db, alice) == Expectation(what, 2)


async def test_it_forgets_when_told(db: Database, shop: Shop, alice: User, bob: User) -> None:
    for user in (alice, bob):
        await shop.dialogue.expect(user.id, Expectation("draft_prompt", 1))

    await shop.dialogue.expect(alice.id, None)

    assert await expected(db, alice) is None
    assert await expected(db, bob) == Expectation("draft_prompt", 1)
