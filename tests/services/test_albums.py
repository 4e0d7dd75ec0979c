"""Photos sent together: one draft each, one card, one button, and either all of them or none."""

from __future__ import annotations

import asyncio

import pytest

from services.dialogue import Expectation, expectation
from services.errors import AlreadyDone, ChoiceNotOffered, NotEnoughCredits, PromptTooLong
from services.users import Users
from storage.database import Database
from storage.tables import Album, Draft, User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, expire, rows


async def album_of(shop: Shop, user: User, count: int = 3, *, name: str = "together") -> tuple[int, list[Draft]]:
    drafts = [await shop.draft_of(user, album=name, caption="") for _ in range(count)]
    (album_id,) = {draft.album_id for draft in drafts}
    assert album_id is not None
    return album_id, drafts


async def test_photos_sent_together_gather_on_one_card(db: Database, shop: Shop, alice: User) -> None:
    album_id, _ = await album_of(shop, alice)
    await expire(db, "outbox", "due_at")

    (message,) = await shop.outbox.claim()

    assert (message.kind, message.payload) == ("album_card", {"album_id": album_id})
    assert expectation(await Users(db).get(alice.id)) == Expectation("album_prompt", album_id)
    card = await shop.cards.album(alice.id, album_id)
    assert (len(card.cards), card.price, card.version, card.available) == (3, 6, 0, 10)


async def test_photos_of_one_album_at_the_same_moment_make_one_album(db: Database, shop: Shop, alice: User) -> None:
    drafts = await asyncio.gather(*(shop.draft_of(alice, album="together") for _ in range(8)))

    assert len({draft.id for draft in drafts}) == 8
    assert len({draft.album_id for draft in drafts}) == 1
    assert await rows(db, "SELECT count(*) FROM outbox") == [(1,)]


@ON_SQLITE
async def test_two_people_s_albums_of_one_name_are_two(db: Database, shop: Shop, alice: User, bob: User) -> None:
    assert (await album_of(shop, alice))[0] != (await album_of(shop, bob))[0]


@ON_SQLITE
async def test_one_caption_is_meant_for_all(shop: Shop, alice: User) -> None:
    _, (first, *_rest) = await album_of(shop, alice, 2)
    await shop.draft_of(alice, album="together", caption="snow")
    late = await shop.draft_of(alice, album="together", caption="")

    prompts = [card.draft.prompt for card in (await shop.cards.album(alice.id, first.album_id or 0)).cards]

    assert prompts == ["snow"] * 4
    assert (await shop.drafts.get(alice.id, late.id)).prompt == "snow"


@ON_SQLITE
async def test_one_prompt_is_written_to_all_that_can_be_changed(shop: Shop, alice: User) -> None:
    album_id, (busy, put_away, *others) = await album_of(shop, alice, 4)
    await shop.job_of(alice, busy)
    await shop.drafts.close(alice.id, put_away.id)

    await shop.drafts.write_album_prompt(alice.id, album_id, "rain")

    assert [(await shop.drafts.get(alice.id, one.id)).prompt for one in (busy, put_away)] == ["", ""]
    assert [(await shop.drafts.get(alice.id, one.id)).prompt for one in others] == ["rain", "rain"]


@ON_SQLITE
async def test_a_prompt_too_long_is_written_to_none(shop: Shop, alice: User) -> None:
    album_id, drafts = await album_of(shop, alice)

    with pytest.raises(PromptTooLong):
        await shop.drafts.write_album_prompt(alice.id, album_id, "x" * 201)

    assert [(await shop.drafts.get(alice.id, one.id)).prompt for one in drafts] == ["", "", ""]


@ON_SQLITE
async def test_length_and_shape_are_chosen_for_all(shop: Shop, alice: User) -> None:
    album_id, (busy, *others) = await album_of(shop, alice)
    await shop.job_of(alice, busy)

    await shop.drafts.choose_for_album(alice.id, album_id, "duration_s", 10)

    assert (await shop.drafts.get(alice.id, busy.id)).duration_s == 5
    assert [(await shop.drafts.get(alice.id, one.id)).duration_s for one in others] == [10, 10]


@ON_SQLITE
async def test_what_one_photo_s_model_does_not_offer_is_chosen_for_none(shop: Shop, alice: User) -> None:
    album_id, (first, *_, last) = await album_of(shop, alice)
    await shop.drafts.choose(alice.id, last.id, "model", "vendor-wide")

    with pytest.raises(ChoiceNotOffered):
        await shop.drafts.choose_for_album(alice.id, album_id, "duration_s", 10)

    assert (await shop.drafts.get(alice.id, first.id)).duration_s == 5


async def test_one_tap_generates_all_for_the_price_on_the_button(shop: Shop, alice: User) -> None:
    album_id, _ = await album_of(shop, alice)
    card = await shop.cards.album(alice.id, album_id)

    jobs = await shop.ordering.generate_album(alice.id, album_id, card.version)

    assert await shop.balance(alice) == (4, card.price)
    assert shop.woken.jobs == [job.id for job in jobs]
    assert [card.work.ahead for card in (await shop.cards.album(alice.id, album_id)).cards if card.work] == [0, 1, 2]


async def test_with_too_few_credits_none_is_generated(db: Database, shop: Shop) -> None:
    poor = await create_user(db, "Poor", credits_=5)
    album_id, _ = await album_of(shop, poor)

    with pytest.raises(NotEnoughCredits):
        await shop.ordering.generate_album(poor.id, album_id, 0)

    assert await rows(db, "SELECT id FROM jobs UNION ALL SELECT id FROM holds") == []
    assert await rows(db, "SELECT DISTINCT state, round FROM drafts") == [("open", 0)]
    assert shop.woken.jobs == []


async def test_a_double_tap_generates_once(db: Database, shop: Shop, alice: User) -> None:
    album_id, _ = await album_of(shop, alice, 2)

    taps = await asyncio.gather(
        *(shop.ordering.generate_album(alice.id, album_id, 0) for _ in range(20)), return_exceptions=True
    )

    assert sum(isinstance(tap, list) for tap in taps) == 1
    assert sum(isinstance(tap, AlreadyDone) for tap in taps) == 19
    assert await shop.balance(alice) == (6, 4)


async def test_a_tap_on_all_and_a_tap_on_one_of_them_pay_for_each_photo_once(shop: Shop, alice: User) -> None:
    album_id, (first, *_) = await album_of(shop, alice, 2)

    await asyncio.gather(
        shop.ordering.generate_album(alice.id, album_id, 0),
        shop.ordering.generate(alice.id, first.id, 0),
        return_exceptions=True,
    )

    assert (await shop.balance(alice))[1] in (2, 4)


@ON_SQLITE
async def test_a_button_of_an_earlier_moment_generates_nothing(shop: Shop, alice: User) -> None:
    album_id, (first, *_) = await album_of(shop, alice)
    await shop.job_of(alice, first)

    with pytest.raises(AlreadyDone):
        await shop.ordering.generate_album(alice.id, album_id, 0)

    assert await shop.balance(alice) == (8, 2)


async def test_photos_that_have_a_clip_are_not_paid_for_again(shop: Shop, alice: User) -> None:
    album_id, (first, *others) = await album_of(shop, alice)
    await shop.take_of(alice, first)
    card = await shop.cards.album(alice.id, album_id)
    assert card.price == 4

    jobs = await shop.ordering.generate_album(alice.id, album_id, card.version)

    assert [job.draft_id for job in jobs] == [draft.id for draft in others]
    assert await shop.balance(alice) == (4, 4)


async def test_photos_put_away_are_not_generated(shop: Shop, alice: User) -> None:
    album_id, (first, *others) = await album_of(shop, alice)
    await shop.drafts.close(alice.id, first.id)

    jobs = await shop.ordering.generate_album(alice.id, album_id, 0)

    assert [job.draft_id for job in jobs] == [draft.id for draft in others]


@ON_SQLITE
async def test_when_all_are_put_away_there_is_nothing_to_generate(shop: Shop, alice: User) -> None:
    album_id, drafts = await album_of(shop, alice, 2)
    for draft in drafts:
        await shop.drafts.close(alice.id, draft.id)

    with pytest.raises(AlreadyDone):
        await shop.ordering.generate_album(alice.id, album_id, 0)


@ON_SQLITE
async def test_it_remembers_the_album_s_card(db: Database, shop: Shop, alice: User) -> None:
    album_id, _ = await album_of(shop, alice, 1)

    await shop.drafts.show_album(album_id, message_id=42)

    async with db.reading() as session:
        assert (await session.get_one(Album, album_id)).card_message_id == 42
