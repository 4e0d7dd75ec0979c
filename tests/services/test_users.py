"""People are registered once, spoken with in their language, and left alone once they leave."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from services.errors import ChoiceNotOffered
from services.users import Newcomer, Users, spoken
from storage.database import Database
from tests.support.builders import values
from tests.support.database import ON_SQLITE, execute, rows


@pytest.fixture
def users(db: Database) -> Users:
    return Users(db, values(signup_credits=3))


CHARLIE = Newcomer(77, "Charlie", "charlie", "es-MX")


async def test_the_first_meeting_registers_and_gives_the_signup_credits(db: Database, users: Users) -> None:
    user, is_new = await users.meet(CHARLIE)

    assert is_new
    assert (user.telegram_id, user.first_name, user.username, user.language) == (77, "Charlie", "charlie", "es")
    assert await rows(db, "SELECT kind, balance FROM accounts WHERE user_id IS NOT NULL ORDER BY kind") == [
        ("available", 3),
        ("debt", 0),
        ("held", 0),
    ]


async def test_the_second_meeting_does_not(users: Users) -> None:
    first, _ = await users.meet(CHARLIE)

    second, is_new = await users.meet(CHARLIE)

    assert not is_new
    assert second.id == first.id


async def test_twenty_first_updates_at_once_register_once(db: Database, users: Users) -> None:
    met = await asyncio.gather(*(users.meet(CHARLIE) for _ in range(20)))

    assert sum(is_new for _, is_new in met) == 1
    assert len({user.id for user, _ in met}) == 1
    assert await rows(db, "SELECT kind, amount FROM transfers") == [("signup", 3)]


async def test_twenty_people_at_once_open_the_system_account_once(db: Database, users: Users) -> None:
    await asyncio.gather(*(users.meet(Newcomer(number, "Somebody")) for number in range(20)))

    assert await rows(db, "SELECT balance FROM accounts WHERE user_id IS NULL") == [(-60,)]


async def test_without_signup_credits_nothing_moves(db: Database) -> None:
    await Users(db, values(signup_credits=0)).meet(CHARLIE)

    assert await rows(db, "SELECT * FROM transfers") == []


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ("en", "en"),
        ("es", "es"),
        ("es-419", "es"),
        ("RU", "ru"),
        ("ru-RU", "ru"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_it_speaks_the_language_of_their_telegram_or_english(told: str | None, language: str) -> None:
    assert spoken(told) == language


@ON_SQLITE
async def test_the_language_follows_telegram_until_they_choose(users: Users) -> None:
    user, _ = await users.meet(CHARLIE)
    followed, _ = await users.meet(Newcomer(77, "Charlie", "charlie", "ru"))
    assert followed.language == "ru"

    chosen = await users.choose_language(user.id, "en")
    after, _ = await users.meet(Newcomer(77, "Charlie", "charlie", "es"))

    assert chosen.language == after.language == "en"


@ON_SQLITE
async def test_a_silent_telegram_changes_no_language(users: Users) -> None:
    await users.meet(CHARLIE)

    after, _ = await users.meet(Newcomer(77, "Charlie", "charlie", None))

    assert after.language == "es"


@ON_SQLITE
async def test_it_refuses_a_language_it_does_not_speak(users: Users) -> None:
    user, _ = await users.meet(CHARLIE)

    with pytest.raises(ChoiceNotOffered):
        await users.choose_language(user.id, "tlh")

    assert (await users.get(user.id)).language == "es"


@ON_SQLITE
async def test_a_new_name_is_noticed(users: Users) -> None:
    await users.meet(CHARLIE)

    after, _ = await users.meet(Newcomer(77, "Carlos <b>%s</b>", None, "es-MX"))

    assert (after.first_name, after.username) == ("Carlos <b>%s</b>", None)
    assert await users.get(after.id) is not after
    assert (await users.get(after.id)).first_name == "Carlos <b>%s</b>"


async def test_an_unreachable_user_is_reachable_once_they_write(users: Users) -> None:
    user, _ = await users.meet(CHARLIE)
    await users.mark_unreachable(user.id)
    assert (await users.get(user.id)).unreachable_at is not None

    after, is_new = await users.meet(CHARLIE)

    assert after.unreachable_at is None
    assert not is_new


@ON_SQLITE
async def test_what_new_drafts_begin_with_can_be_chosen(users: Users) -> None:
    user, _ = await users.meet(CHARLIE)

    await users.choose_defaults(user.id, default_duration_s=10, default_shape="1:1")
    after = await users.choose_defaults(user.id, default_shape=None)

    assert (after.default_duration_s, after.default_shape) == (10, None)


@ON_SQLITE
async def test_they_were_here_when_they_last_wrote_to_within_an_hour(db: Database, users: Users) -> None:
    user, _ = await users.meet(CHARLIE)
    assert user.seen_at is not None
    for hours, changes in ((0, False), (2, True)):
        before = user.seen_at - timedelta(hours=hours)
        await execute(db, "UPDATE users SET seen_at = :at", at=before.strftime("%Y-%m-%d %H:%M:%S.%f"))

        after, _ = await users.meet(CHARLIE)

        assert after.seen_at is not None
        assert (after.seen_at > before) is changes
