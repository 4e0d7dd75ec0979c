"""The house can be closed to everybody but those who run it."""

from __future__ import annotations

import pytest

from services.closing import AGAIN_SECONDS, Closing
from services.errors import AlreadyDone, ValueNotUsable
from services.staff.rights import Role
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE
WORDS = "Back at 3 <b>sharp</b>."


async def test_while_it_is_open_nobody_is_told_anything(shop: Shop, alice: User) -> None:
    assert await shop.closing.words_for(alice) is None
    assert await shop.closing.words_for(None) is None


async def test_while_it_is_closed_only_staff_comes_in(db: Database, shop: Shop, alice: User) -> None:
    boss, helper = await shop.boss(), await create_user(db, "Hedy")
    await shop.staff.appoint(boss, helper.id, Role.SUPPORT)

    await shop.closing.close(boss, WORDS)

    assert await shop.closing.words_for(alice) == WORDS
    assert await shop.closing.words_for(None) == WORDS
    assert await shop.closing.words_for(helper) is None
    await shop.closing.open(boss)
    assert await shop.closing.words_for(alice) is None
    with pytest.raises(AlreadyDone):
        await shop.closing.open(boss)
    listed = (await shop.audit.listed(subject="value:maintenance"))[0]
    assert [one.entry.after for one in listed] == [{"value": None}, {"value": WORDS}]


async def test_the_words_have_their_bounds(shop: Shop) -> None:
    for words in ("", "x" * 3001):
        with pytest.raises(ValueNotUsable):
            shop.closing.check(words)
        with pytest.raises(ValueNotUsable):
            await shop.closing.close(await shop.boss(), words)


async def test_a_chat_is_told_once_a_minute_and_again_when_the_words_are_others(shop: Shop) -> None:
    now = 100.0
    closing = Closing(shop.live, shop.staff, clock=lambda: now)
    assert [closing.is_to_be_told(chat) for chat in (1, 1, 2)] == [True, False, True]

    now += AGAIN_SECONDS
    assert [closing.is_to_be_told(chat) for chat in (1, 1)] == [True, False]

    await closing.close(await shop.boss(), WORDS)
    assert closing.is_to_be_told(1)
