"""Somebody is found by whatever they tell, and nobody else is."""

from __future__ import annotations

import pytest

from services.errors import NotYours
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop, create_pack, create_user
from tests.support.customers import buys
from tests.support.database import ON_SQLITE, execute, rows

pytestmark = ON_SQLITE


async def found(shop: Shop, words: str) -> list[int]:
    return [user.id for user in await shop.people.find(words)]


async def test_by_what_they_are_and_have(db: Database, shop: Shop, alice: User, bob: User) -> None:
    await execute(db, "UPDATE users SET username = 'Alice_W' WHERE id = :id", id=alice.id)
    code = (await shop.referrals.invitation(alice.id)).code
    order = (await shop.orders.open(alice.id, (await create_pack(db)).id, "stars")).order
    charge = await buys(shop, alice)
    ((payment,),) = await rows(db, "SELECT id FROM payments")

    for words in (
        str(alice.telegram_id),
        f"#{alice.id}",
        "@alice_w",
        code.lower(),
        f"ref_{code}",
        order.token,
        f"P{payment}",
        charge.external_id,
        f"S{alice.id}-44",
    ):
        assert await found(shop, words) == [alice.id], words


async def test_two_who_went_by_one_name_are_both_shown(db: Database, shop: Shop, alice: User, bob: User) -> None:
    await execute(db, "UPDATE users SET username = 'wanderer'")

    assert await found(shop, "@Wanderer") == [bob.id, alice.id]


@pytest.mark.parametrize(
    "words", ["", "#", "#0", "@", "@nobody", "P999", "S", "12345678901234567890", "x' OR 1=1", "٣"]
)
async def test_nobody_is_found_by_what_means_nobody(shop: Shop, alice: User, words: str) -> None:
    with pytest.raises(NotYours):
        await shop.people.find(words)


async def test_a_bare_number_is_nobody_s_payment(db: Database, shop: Shop, alice: User) -> None:
    for _ in range(2):
        await buys(shop, alice)
    number = (await rows(db, "SELECT MAX(id) FROM payments"))[0][0]

    assert await found(shop, f"P{number}") == [alice.id]
    for words in (f"{number}", f"#{number}"):
        with pytest.raises(NotYours):
            await shop.people.find(words)


async def test_a_card_counts_what_is_theirs(db: Database, shop: Shop, alice: User) -> None:
    bob = await create_user(db, "Bob")
    await shop.referrals.enter(bob.id, (await shop.referrals.invitation(alice.id)).code)
    take = await shop.take_of(alice)
    await shop.takes.approve(alice.id, take.id)
    await shop.job_of(bob)

    card = await shop.people.view(alice.id)

    assert (card.projects, card.clips, card.jobs, card.payments, card.friends) == (1, 1, 1, 0, 1)
    assert card.role is None
    assert ((await shop.people.view(bob.id)).brought_by or bob).id == alice.id
    assert [job.id for job in (await shop.people.jobs(alice.id, page=9)).items] == [take.job_id]
    assert [friend.id for _, friend in (await shop.people.friends(alice.id)).items] == [bob.id]
