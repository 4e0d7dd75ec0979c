"""Better words are offered, never put in place of somebody's own without their tap."""

from __future__ import annotations

import asyncio

import pytest

from providers.base import OutOfCredit
from services.errors import (
    AlreadyDone,
    BeingChecked,
    ChoiceNotOffered,
    EnoughForNow,
    NotYours,
    PromptChanged,
    StillWorking,
)
from services.inquiries.improve import IMPROVEMENTS_AN_HOUR, SYSTEM
from services.inquiries.shown import Offer, Thinking
from storage.database import Database
from storage.tables import Draft, User
from tests.support.builders import OWNER, Shop, create_user
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.vendor import Vendor
from tests.support.writer import Scribe, away


async def shown(shop: Shop, user: User, draft: Draft) -> Thinking:
    thinking = (await shop.cards.draft(user.id, draft.id)).thinking
    assert thinking is not None
    return thinking


async def offered(shop: Shop, user: User, draft: Draft) -> Offer:
    """Asks, and gets an answer."""
    await shop.improve.ask(user.id, draft.id, after=(await shown(shop, user, draft)).newest)
    await shop.answers()
    offer = (await shown(shop, user, draft)).offer
    assert offer is not None
    return offer


async def words(shop: Shop, user: User, draft: Draft) -> str:
    return (await shop.drafts.get(user.id, draft.id)).prompt


async def test_better_words_are_offered_and_taken(db: Database, shop: Shop, scribe: Scribe, alice: User) -> None:
    draft = await shop.draft_of(alice)

    await shop.improve.ask(alice.id, draft.id, after=0)
    assert (await shown(shop, alice, draft)).improving
    await shop.answers()

    assert scribe.improved == [("snow", SYSTEM, "en")]
    offer = (await shown(shop, alice, draft)).offer
    assert offer is not None
    assert (offer.made_of, offer.words) == ("snow", "snow, in soft light")
    assert await words(shop, alice, draft) == "snow"
    assert await rows(db, "SELECT kind FROM outbox") == [("draft_card",)]
    assert await shop.improve.use(alice.id, offer.inquiry_id, over=False) == draft.id
    assert await words(shop, alice, draft) == "snow, in soft light"
    assert (await shown(shop, alice, draft)).offer is None


@ON_SQLITE
async def test_own_words_can_be_kept(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    offer = await offered(shop, alice, draft)

    await shop.improve.keep(alice.id, offer.inquiry_id)

    assert await words(shop, alice, draft) == "snow"
    assert (await shown(shop, alice, draft)).offer is None
    with pytest.raises(AlreadyDone):
        await shop.improve.use(alice.id, offer.inquiry_id, over=True)


@ON_SQLITE
async def test_another_is_another(shop: Shop, scribe: Scribe, alice: User) -> None:
    draft = await shop.draft_of(alice)
    scribe.on_improve = ["first", "second"]

    first, second = await offered(shop, alice, draft), await offered(shop, alice, draft)

    assert (first.words, second.words) == ("first", "second")
    with pytest.raises(AlreadyDone):
        await shop.improve.use(alice.id, first.inquiry_id, over=False)


async def test_fifty_taps_are_one_question(shop: Shop, scribe: Scribe, alice: User) -> None:
    draft = await shop.draft_of(alice)

    await asyncio.gather(*(shop.improve.ask(alice.id, draft.id, after=0) for _ in range(50)))
    await asyncio.gather(*(shop.answers() for _ in range(5)))

    assert len(scribe.improved) == 1


async def test_words_written_while_it_thinks_are_overwritten_only_after_saying_so(
    shop: Shop, scribe: Scribe, alice: User
) -> None:
    draft = await shop.draft_of(alice)

    async def rewrite() -> None:
        await shop.drafts.write_prompt(alice.id, draft.id, "rain")

    scribe.meanwhile = rewrite
    offer = await offered(shop, alice, draft)

    assert offer.made_of == "snow"
    with pytest.raises(PromptChanged):
        await shop.improve.use(alice.id, offer.inquiry_id, over=False)
    assert await words(shop, alice, draft) == "rain"
    await shop.improve.use(alice.id, offer.inquiry_id, over=True)
    assert await words(shop, alice, draft) == "snow, in soft light"


@ON_SQLITE
async def test_who_writes_words_of_their_own_has_chosen(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await offered(shop, alice, draft)

    await shop.drafts.write_prompt(alice.id, draft.id, "rain")

    assert (await shown(shop, alice, draft)).offer is None


@ON_SQLITE
@pytest.mark.parametrize("trouble", [away(), TimeoutError(), ""], ids=["away", "slow", "nothing"])
async def test_what_fails_changes_nothing_and_can_be_tried_again(
    shop: Shop, scribe: Scribe, alice: User, trouble: Exception | str
) -> None:
    draft = await shop.draft_of(alice)
    scribe.on_improve = [trouble]
    await shop.improve.ask(alice.id, draft.id, after=0)

    await shop.answers()

    now = await shown(shop, alice, draft)
    assert (now.stuck, now.improving, now.offer) == (True, False, None)
    assert await words(shop, alice, draft) == "snow"
    assert (await offered(shop, alice, draft)).words == "snow, in soft light"


@ON_SQLITE
async def test_an_empty_account_at_the_writer_s_is_told_to_the_owners(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    owner = await create_user(db, "Olga")
    await execute(db, "UPDATE users SET telegram_id = :id WHERE id = :olga", id=OWNER, olga=owner.id)
    scribe.on_improve = [OutOfCredit("empty", provider="openrouter")]
    await shop.improve.ask(alice.id, (await shop.draft_of(alice)).id, after=0)

    await shop.answers()

    ((payload,),) = await rows(db, "SELECT payload FROM outbox WHERE kind = 'alert'")
    assert "vendor_out_of_credit" in str(payload)


@ON_SQLITE
async def test_it_writes_no_more_than_the_model_takes_and_no_links(shop: Shop, scribe: Scribe, alice: User) -> None:
    scribe.on_improve = ["see https://evil.example " + "snow " * 200]

    offer = await offered(shop, alice, await shop.draft_of(alice))

    assert len(offer.words) <= 200
    assert "evil" not in offer.words


@ON_SQLITE
async def test_ten_an_hour_and_no_more(db: Database, shop: Shop, alice: User, bob: User) -> None:
    draft = await shop.draft_of(alice)
    for _ in range(IMPROVEMENTS_AN_HOUR):
        await offered(shop, alice, draft)

    with pytest.raises(EnoughForNow):
        await offered(shop, alice, draft)

    await offered(shop, bob, await shop.draft_of(bob))
    await expire(db, "inquiries", "created_at")
    await execute(db, "UPDATE inquiries SET created_at = datetime(created_at, '-1 hour')")
    await offered(shop, alice, draft)


async def test_a_worker_that_dies_while_asking_leaves_it_to_the_next(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    draft = await shop.draft_of(alice)
    scribe.on_improve = [RuntimeError("killed")]
    await shop.improve.ask(alice.id, draft.id, after=0)
    with pytest.raises(RuntimeError):
        await shop.answers()
    await expire(db, "inquiries")

    await shop.answers()

    assert (await shown(shop, alice, draft)).offer is not None


@ON_SQLITE
async def test_nobody_else_s_words_can_be_read_or_changed(shop: Shop, alice: User, bob: User) -> None:
    draft = await shop.draft_of(alice)
    offer = await offered(shop, alice, draft)

    for one in (offer.inquiry_id, 999):
        for act in (
            shop.improve.use(bob.id, one, over=True),
            shop.improve.keep(bob.id, one),
            shop.improve.draft_of(bob.id, one),
        ):
            with pytest.raises(NotYours):
                await act
    with pytest.raises(NotYours):
        await shop.improve.ask(bob.id, draft.id, after=offer.inquiry_id)
    assert await words(shop, alice, draft) == "snow"


@ON_SQLITE
async def test_nothing_is_asked_of_what_is_made_put_away_or_has_no_words(shop: Shop, alice: User) -> None:
    made, away_, silent = [await shop.draft_of(alice, caption=caption) for caption in ("snow", "snow", "")]
    with pytest.raises(BeingChecked):
        await shop.ordering.generate(alice.id, made.id, 0)
    await shop.answers()
    await shop.drafts.close(alice.id, away_.id)

    for draft, why in ((made, StillWorking), (away_, AlreadyDone), (silent, AlreadyDone)):
        with pytest.raises(why):
            await shop.improve.ask(alice.id, draft.id, after=0)


@ON_SQLITE
async def test_where_nobody_writes_nothing_is_offered(db: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    shop = Shop(db, tmp_path_factory.mktemp("objects"), Vendor())
    alice = await create_user(db)
    draft = await shop.draft_of(alice)

    assert (await shop.cards.draft(alice.id, draft.id)).thinking is None
    with pytest.raises(ChoiceNotOffered):
        await shop.improve.ask(alice.id, draft.id, after=0)
    assert (await shop.ordering.generate(alice.id, draft.id, 0)).state == "queued"
