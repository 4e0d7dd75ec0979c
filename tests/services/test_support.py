"""Questions reach the owners who can be written to, once, and not without end."""

from __future__ import annotations

import pytest

from services.dialogue import expectation
from services.errors import AskedTooOften, NobodyToAsk
from services.support import ASKS_AN_HOUR, Support
from services.users import Newcomer, Users
from storage.database import Database
from storage.tables import User
from tests.support.builders import OWNER, Shop, values
from tests.support.database import execute, rows


@pytest.fixture
async def owner(db: Database) -> User:
    """Has started the bot."""
    user, _ = await Users(db, values(signup_credits=0)).meet(Newcomer(OWNER, "Olga", language_code="ru"))
    return user


async def again(shop: Shop, user: User) -> User:
    """Their row as it stands now."""
    async with shop.db.reading() as session:
        return await session.get_one(User, user.id)


async def test_a_question_goes_to_the_owners_with_a_reference(shop: Shop, owner: User, alice: User) -> None:
    reference = await shop.support.ask(alice, 55, "Where are <my> credits?")

    (message,) = await shop.outbox.claim()
    assert (message.kind, message.user_id) == ("question", owner.id)
    ((number,),) = await rows(shop.db, "SELECT id FROM questions")
    said = {"reference": reference, "asker_id": alice.id, "text": "Where are <my> credits?"}
    assert message.payload == said | {"question": number}


async def test_the_same_message_again_is_the_same_question(shop: Shop, owner: User, alice: User) -> None:
    first = await shop.support.ask(alice, 55, "Hello?")

    assert await shop.support.ask(alice, 55, "Hello?") == first
    assert await rows(shop.db, "SELECT count(*) FROM outbox") == [(1,)]


async def test_every_owner_who_can_be_written_to_gets_it(db: Database, owner: User, alice: User, bob: User) -> None:
    support = Support(db, values(), owners=[OWNER, bob.telegram_id, 12345])

    await support.ask(alice, 55, "Hello?")

    assert await rows(db, "SELECT user_id FROM outbox ORDER BY user_id") == [(owner.id,), (bob.id,)]


async def test_with_no_owner_to_write_to_nothing_is_promised(shop: Shop, alice: User) -> None:
    with pytest.raises(NobodyToAsk):
        await shop.support.expect_question(alice.id)
    with pytest.raises(NobodyToAsk):
        await shop.support.ask(alice, 55, "Hello?")
    assert expectation(await again(shop, alice)) is None


async def test_an_owner_who_blocked_the_bot_is_nobody_to_ask(shop: Shop, owner: User, alice: User) -> None:
    await Users(shop.db).mark_unreachable(owner.id)

    with pytest.raises(NobodyToAsk):
        await shop.support.expect_question(alice.id)


async def test_the_next_text_is_the_question_and_only_that(shop: Shop, owner: User, alice: User) -> None:
    await shop.support.expect_question(alice.id)
    expected = expectation(await again(shop, alice))
    assert expected is not None
    assert expected.expects == "question"

    await shop.support.ask(alice, 55, "Hello?")
    assert expectation(await again(shop, alice)) is None


async def test_nobody_buries_the_owners(shop: Shop, owner: User, alice: User, bob: User) -> None:
    for number in range(ASKS_AN_HOUR):
        await shop.support.ask(alice, number + 1, "Hello?")

    with pytest.raises(AskedTooOften):
        await shop.support.ask(alice, 99, "Hello??")
    await shop.support.ask(bob, 99, "Somebody else is heard.")

    await execute(shop.db, "UPDATE questions SET created_at = '2020-01-01 00:00:00.000000'")
    await shop.support.ask(alice, 100, "An hour later.")
