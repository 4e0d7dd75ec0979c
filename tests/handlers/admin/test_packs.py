"""/packs: seen, added, changed and taken off sale, each asked about first, each only for who may."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import SendMessage

from conversation import callbacks
from conversation.callbacks.admin_packs import AddPack, ChangePack, EditPack, NewPack, OpenPack, SellPack
from conversation.i18n import Words
from services.packs import Terms, mark
from services.payments.facts import STARS
from services.staff.rights import Role
from storage.database import Database
from storage.tables import Pack
from tests.handlers.chat import OWNER, Chat
from tests.support.builders import Shop, create_pack
from tests.support.database import ON_SQLITE, execute, rows

pytestmark = ON_SQLITE
LISTED = "SELECT name, credits, cents, stars, active FROM packs ORDER BY id"
TASTER = ("Taster", 10, 499, 250, 1)


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


@pytest.fixture
async def pack(db: Database) -> Pack:
    return await create_pack(db)


def answering(chat: Chat, text: str) -> dict[str, Any]:
    """The bot's question, as it answers a message of theirs."""
    said = {"message_id": 900, "date": 1, "chat": chat.place, "from": chat.person, "text": text}
    return {"message_id": 6, "date": 1, "chat": chat.place, "text": "Sure?", "reply_to_message": said}


def tap(chat: Chat, label: str) -> str:
    """What the button of the newest message carries."""
    keyboard = chat.telegram.sent(SendMessage)[-1].reply_markup
    return next(str(one.callback_data) for row in keyboard.inline_keyboard for one in row if label in one.text)


async def test_the_list_and_each_pack_are_a_tap_away(owners: Chat, pack: Pack) -> None:
    await owners.says("/packs")
    assert "Taster" in owners.last
    assert "$4.99" in owners.last

    await owners.taps(OpenPack(pack_id=pack.id).pack())
    assert "$0.50 each" in owners.last
    assert "in step" in owners.last


@pytest.mark.parametrize("how", ["/packs Big, 500, 39.99, 2900", "Big, 500, 39.99, 2900"])
async def test_a_pack_in_one_line_is_added_once_it_was_asked(db: Database, owners: Chat, pack: Pack, how: str) -> None:
    await owners.taps(NewPack().pack())
    assert "in one line" in owners.last
    await owners.says(how)
    assert "Sell this pack?" in owners.last
    assert await rows(db, LISTED) == [TASTER]

    await owners.taps(tap(owners, "Yes"), message=answering(owners, how))

    assert await rows(db, LISTED) == [TASTER, ("Big", 500, 3_999, 2_900, 1)]
    assert "link is being made" in owners.last


async def test_what_cannot_be_read_or_sold_is_said_and_may_be_written_again(
    db: Database, owners: Chat, pack: Pack
) -> None:
    await owners.taps(NewPack().pack())
    await owners.says("Big 500")
    assert "couldn't read" in owners.last
    await owners.says("Big, 500, 0.10, 2900")
    assert "from $0.50" in owners.last
    await owners.says("taster, 500, 39.99, 2900")
    assert "called that already" in owners.last
    await owners.says("Big, 5, 39.99, 2900")

    assert "it is odd" in owners.last
    await owners.says("/packs Big 500")
    assert "couldn't read" in owners.last
    assert await rows(db, LISTED) == [TASTER]


PARTS = [
    ("name", "Sip", ("Sip", 10, 499, 250, 1)),
    ("credits", "12", ("Taster", 12, 499, 250, 1)),
    ("price", "5,99", ("Taster", 10, 599, 250, 1)),
    ("stars", "300", ("Taster", 10, 499, 300, 1)),
    ("all", "Sip, 12, 5.99, 300", ("Sip", 12, 599, 300, 1)),
]


@pytest.mark.parametrize(("part", "said", "after"), PARTS, ids=[part for part, _, _ in PARTS])
async def test_each_part_is_changed_once_it_was_asked(
    db: Database, owners: Chat, chat: Chat, pack: Pack, part: Any, said: str, after: tuple[object, ...]
) -> None:
    await chat.services.orders.open((await chat.user()).id, pack.id, STARS)
    await owners.taps(EditPack(pack_id=pack.id, part=part).pack())
    await owners.says(said)
    assert " → <b>" in owners.last
    assert "1 order for it is open" in owners.last
    assert await rows(db, LISTED) == [TASTER]

    yes = tap(owners, "Yes")
    await owners.taps(yes, message=answering(owners, said))
    again = await owners.taps(yes, message=answering(owners, said))

    assert await rows(db, LISTED) == [after]
    assert "already done" in again["text"]
    assert await rows(db, "SELECT count(*) FROM audit_log") == [(1,)]


async def test_a_second_owner_is_told_to_look_again(db: Database, owners: Chat, pack: Pack) -> None:
    await owners.taps(EditPack(pack_id=pack.id, part="price").pack())
    await owners.says("5.99")
    yes = tap(owners, "Yes")
    await execute(db, "UPDATE packs SET credits = 20")

    answer = await owners.taps(yes, message=answering(owners, "5.99"))

    assert "changed it meanwhile" in answer["text"]
    assert "20 credits" in owners.last
    assert await rows(db, "SELECT cents FROM packs") == [(499,)]


@pytest.mark.parametrize("edited", ["0.50", "lots"])
async def test_what_was_edited_after_the_question_is_not_done(
    db: Database, owners: Chat, pack: Pack, edited: str
) -> None:
    await owners.taps(EditPack(pack_id=pack.id, part="price").pack())
    await owners.says("5.99")

    await owners.taps(tap(owners, "Yes"), message=answering(owners, edited))
    await owners.taps(AddPack(then=mark(Terms("Big", 1, 99, 99))).pack(), message=answering(owners, "Big, 9, 0.99, 99"))

    assert await rows(db, LISTED) == [TASTER]


async def test_taking_off_sale_and_putting_back_are_asked_twice(db: Database, owners: Chat, pack: Pack) -> None:
    off = SellPack(pack_id=pack.id, on=False, was=mark(pack))
    await owners.taps(off.pack())
    assert "off sale?" in owners.last
    assert await rows(db, "SELECT active FROM packs") == [(1,)]
    await owners.taps(off.model_copy(update={"sure": True}).pack())
    assert await rows(db, "SELECT active FROM packs") == [(0,)]

    now = (await owners.services.packs.view(pack.id)).pack
    on = SellPack(pack_id=pack.id, on=True, was=mark(now))
    await owners.taps(on.pack())
    assert "on sale again?" in owners.last
    await owners.taps(on.model_copy(update={"sure": True}).pack())

    assert await rows(db, "SELECT active FROM packs") == [(1,)]


async def test_to_support_and_strangers_none_of_it_exists(db: Database, owners: Chat, chat: Chat, pack: Pack) -> None:
    boss = await owners.shop.boss()
    for role in (None, Role.SUPPORT):
        if role:
            await owners.services.staff.appoint(boss, (await chat.user()).id, role)
        await chat.says("/packs")
        assert "Taster" not in chat.last
        for data in (
            callbacks.AdminPlace(to="packs"),
            OpenPack(pack_id=pack.id),
            NewPack(),
            EditPack(pack_id=pack.id, part="price"),
            AddPack(then="0" * 8),
            ChangePack(pack_id=pack.id, part="price", was=mark(pack), then="0" * 8),
            SellPack(pack_id=pack.id, on=False, was=mark(pack), sure=True),
        ):
            assert "no longer works" in (await chat.taps(data.pack()))["text"]
    assert await rows(db, LISTED) == [TASTER]
