"""Values set in one process are in force in all of them, within their bounds, with their history, and back."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import AsyncMock

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import AlreadyDone, ChangedMeanwhile, NotYours, ValueNotUsable
from services.live.live import Live
from services.live.values import Values
from storage.database import Database
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows


async def test_what_one_process_sets_another_sees(db: Database, shop: Shop) -> None:
    here, elsewhere = shop.live, Live(db, Values(signup_credits=3))
    told: list[int] = []
    elsewhere.tell(lambda values: told.append(values.signup_credits))

    await here.set(await shop.boss(), "signup_credits", 7)
    await here.set(await shop.boss(), "prices", {"local-motion": {"5": 2}})

    assert (await elsewhere.refresh(at_once=True)).signup_credits == 7
    assert elsewhere.now.prices == {"local-motion": {"5": 2}}
    assert told == [3, 7]


@ON_SQLITE
async def test_it_does_not_look_again_within_moments(db: Database, shop: Shop) -> None:
    elsewhere = Live(db, Values())
    await elsewhere.refresh()
    await shop.live.set(await shop.boss(), "paused", True)

    assert not (await elsewhere.refresh()).paused
    elsewhere._looked -= 60
    assert (await elsewhere.refresh()).paused


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signup_credits", -1),
        ("signup_credits", 10**9),
        ("signup_credits", "7"),
        ("signup_credits", True),
        ("referral_vests", "never"),
        ("paused", "yes"),
        ("prices", {"local-motion": {"5": 0}}),
        ("maintenance", "   "),
        ("maintenance", "x" * 3001),
    ],
)
async def test_what_is_out_of_bounds_is_refused_and_changes_nothing(
    db: Database, shop: Shop, name: str, value: Any
) -> None:
    with pytest.raises(ValueNotUsable):
        await shop.live.set(await shop.boss(), name, value)
    assert await rows(db, "SELECT id FROM value_changes") == []
    assert await rows(db, "SELECT id FROM audit_log") == []


@ON_SQLITE
async def test_the_same_again_or_an_unknown_name_is_refused(shop: Shop) -> None:
    boss = await shop.boss()
    await shop.live.set(boss, "share_credits", 2)
    with pytest.raises(AlreadyDone):
        await shop.live.set(boss, "share_credits", 2)
    with pytest.raises(NotYours):
        await shop.live.set(boss, "admin_ids", [1])
    with pytest.raises(NotYours):
        await shop.live.change("share_credits", 999)


async def test_a_value_goes_back_to_any_earlier_one_and_to_what_the_environment_says(db: Database, shop: Shop) -> None:
    boss = await shop.boss()
    for prompt in ("Be brief.", "Be long.", "Be kind."):
        await shop.live.set(boss, "system_prompt", prompt)
    (newest, _, oldest), total = await shop.live.history("system_prompt")
    assert total == 3
    assert (newest.change.value, newest.actor.first_name) == ("Be kind.", "Olga")

    assert (await shop.live.set(boss, "system_prompt", oldest.change.value)).system_prompt == "Be brief."
    assert (await shop.live.set(boss, "system_prompt", None)).system_prompt is None

    log = await rows(db, "SELECT action, subject FROM audit_log ORDER BY id")
    assert log == [("value_set", "value:system_prompt")] * 5


@ON_SQLITE
async def test_what_a_newer_version_set_does_not_stop_this_one(db: Database, shop: Shop) -> None:
    boss = await shop.boss()
    await shop.live.set(boss, "paused", True)
    insert = "INSERT INTO value_changes (name, value, actor_id, created_at) VALUES (:name, '9', :who, '2026-01-01')"
    await execute(db, insert, name="of_tomorrow", who=boss.user_id)
    assert (await shop.live.refresh(at_once=True)).paused

    await execute(db, insert, name="referral_vests", who=boss.user_id)
    assert (await shop.live.refresh(at_once=True)).paused  # as it was


async def test_of_two_who_saw_the_same_only_one_sets_it(db: Database, shop: Shop) -> None:
    boss, elsewhere = await shop.boss(), Live(db, Values())
    await shop.live.set(boss, "signup_credits", 3)
    seen = (await elsewhere.standing("signup_credits")).seen

    answers = await asyncio.gather(
        shop.live.set(boss, "signup_credits", 4, seen=seen),
        elsewhere.set(boss, "signup_credits", 5, seen=seen),
        return_exceptions=True,
    )

    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [ChangedMeanwhile]
    assert await rows(db, "SELECT count(*) FROM value_changes") == [(2,)]
    assert (await shop.live.refresh(at_once=True)).signup_credits in (4, 5)


async def test_another_value_set_meanwhile_is_no_reason_to_refuse(shop: Shop) -> None:
    boss = await shop.boss()
    await shop.live.set(boss, "share_credits", 4)

    assert (await shop.live.set(boss, "signup_credits", 4, seen=0)).signup_credits == 4
    with pytest.raises(ChangedMeanwhile):
        await shop.live.set(boss, "share_credits", 5, seen=0)


async def test_vendors_in_another_order_are_another_value(db: Database, shop: Shop) -> None:
    boss, told = await shop.boss(), list[list[str]]()
    elsewhere = Live(db, Values())
    elsewhere.tell(lambda values: told.append(list(values.makers)))
    for makers in ({"runway": 1, "local": 1}, {"local": 1, "runway": 1}):
        await shop.live.set(boss, "makers", makers)
        await elsewhere.refresh(at_once=True)

    assert told == [[], ["runway", "local"], ["local", "runway"]]
    assert list((await elsewhere.standing("makers")).value) == ["local", "runway"]


@ON_SQLITE
async def test_a_value_stands_as_the_environment_says_until_it_is_set(shop: Shop) -> None:
    before = await shop.live.standing("share_daily_limit")
    await shop.live.set(await shop.boss(), "share_daily_limit", 9, seen=before.seen)
    after = await shop.live.standing("share_daily_limit")

    assert (before.value, before.usual, before.seen) == (5, 5, 0)
    assert (after.value, after.usual, after.seen) == (9, 5, 1)
    with pytest.raises(NotYours):
        await shop.live.standing("admin_ids")


@ON_SQLITE
async def test_of_a_part_only_its_own_changes_are_its_history(shop: Shop) -> None:
    boss = await shop.boss()
    terms = {"terms:en": "Be kind."}
    for texts in (terms, {**terms, "privacy:en": "Nothing."}, None, {"privacy:en": "Little."}):
        await shop.live.set(boss, "texts", texts)

    found, total = await shop.live.history("texts", part=lambda whole: whole.get("terms:en"))

    assert total == 2
    assert [one.change.value for one in found] == [None, terms]
    assert (await shop.live.change("texts", found[1].change.id)).change.value == terms
    with pytest.raises(NotYours):
        await shop.live.change("prices", found[1].change.id)


@ON_SQLITE
async def test_who_looked_earlier_and_comes_later_does_not_bring_the_old_back(shop: Shop) -> None:
    boss = await shop.boss()
    await shop.live.set(boss, "signup_credits", 3)
    earlier = [(await shop.live.history("signup_credits"))[0][0].change]
    await shop.live.set(boss, "signup_credits", 4)

    shop.live._adopt(earlier)

    assert shop.live.now.signup_credits == 4


@ON_SQLITE
async def test_what_could_not_be_read_is_read_the_next_time(
    db: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Live(db, Values())
    await shop.live.set(await shop.boss(), "paused", True)
    with monkeypatch.context() as broken:
        broken.setattr(AsyncSession, "scalars", AsyncMock(side_effect=OperationalError("", {}, OSError("gone"))))
        with pytest.raises(OperationalError):
            await elsewhere.refresh(at_once=True)

    assert (await elsewhere.refresh(at_once=True)).paused
