"""Photo and words are looked at before anything is spent: once, by whoever taps how often, and not knowing is a no."""

from __future__ import annotations

import asyncio

import pytest

from providers.writing import Verdict
from services.errors import AlreadyDone, BeingChecked, EnoughForNow, NotAllowed, NotEnoughCredits, NotYours
from services.inquiries.check import CHECKS_AN_HOUR
from storage.database import Database
from storage.tables import Draft, User
from tests.support.builders import OWNER, Shop, create_user
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.writer import Scribe, away


async def wishes(shop: Shop, user: User, draft: Draft | None = None) -> Draft:
    """A tap on Generate of something nobody has looked at."""
    draft = draft or await shop.draft_of(user)
    with pytest.raises(BeingChecked):
        await shop.ordering.generate(user.id, draft.id, draft.round)
    return draft


async def states(db: Database) -> list[str]:
    return [state for (state,) in await rows(db, "SELECT state FROM inquiries ORDER BY id")]


async def nothing_spent(db: Database) -> bool:
    return await rows(db, "SELECT id FROM jobs UNION ALL SELECT id FROM holds") == []


async def test_nothing_is_held_before_it_was_looked_at_and_then_it_goes_on_by_itself(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    draft = await wishes(shop, alice)
    assert await nothing_spent(db)
    assert (await shop.drafts.get(alice.id, draft.id)).state == "open"

    assert await shop.answers() == 1

    assert scribe.moderated == [("snow", await shop.drafts.photo(draft))]
    assert await shop.balance(alice) == (8, 2)
    assert await rows(db, "SELECT state FROM jobs") == [("queued",)]
    assert len(shop.woken.jobs) == 1
    assert await rows(db, "SELECT kind FROM outbox") == [("draft_card",)]
    assert await shop.answers() == 0


async def test_fifty_taps_at_once_are_one_question_and_one_job(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    draft = await shop.draft_of(alice)

    taps = [shop.ordering.generate(alice.id, draft.id, 0) for _ in range(50)]
    said = await asyncio.gather(*taps, return_exceptions=True)
    await asyncio.gather(*(shop.answers() for _ in range(5)))

    assert {type(one) for one in said} == {BeingChecked}
    assert len(scribe.moderated) == 1
    assert await shop.balance(alice) == (8, 2)
    assert (await shop.ordering.generate(alice.id, draft.id, 0)).state == "queued"
    assert len(await rows(db, "SELECT id FROM jobs")) == 1


@ON_SQLITE
@pytest.mark.parametrize(("verdict", "state"), [(Verdict.UNSAFE, "answered"), (Verdict.UNDECIDED, "failed")])
async def test_only_safe_is_safe(
    db: Database, shop: Shop, scribe: Scribe, alice: User, verdict: Verdict, state: str
) -> None:
    scribe.on_moderate = [verdict]
    await wishes(shop, alice)

    await shop.answers()

    assert await states(db) == [state]
    assert await nothing_spent(db)
    assert await rows(db, "SELECT kind FROM outbox") == [("draft_card",)]


@ON_SQLITE
@pytest.mark.parametrize("trouble", [away(), TimeoutError()], ids=["away", "slow"])
async def test_a_model_that_does_not_answer_has_not_said_yes(
    db: Database, shop: Shop, scribe: Scribe, alice: User, trouble: Exception
) -> None:
    scribe.on_moderate = [trouble]
    draft = await wishes(shop, alice)

    await shop.answers()

    assert await nothing_spent(db)
    card = await shop.cards.draft(alice.id, draft.id)
    assert card.thinking is not None
    assert (card.thinking.unsure, card.thinking.checking) == (True, False)


@ON_SQLITE
async def test_what_is_unsafe_stays_so_and_other_words_get_a_look_of_their_own(
    shop: Shop, scribe: Scribe, alice: User
) -> None:
    scribe.on_moderate = [Verdict.UNSAFE]
    draft = await wishes(shop, alice)
    await shop.answers()

    with pytest.raises(NotAllowed):
        await shop.ordering.generate(alice.id, draft.id, 0)
    assert len(scribe.moderated) == 1
    await shop.drafts.write_prompt(alice.id, draft.id, "rain")
    await wishes(shop, alice, draft)
    await shop.answers()

    assert [prompt for prompt, _ in scribe.moderated] == ["snow", "rain"]
    assert await shop.balance(alice) == (8, 2)


@ON_SQLITE
async def test_a_verdict_is_not_asked_for_twice(shop: Shop, scribe: Scribe, alice: User) -> None:
    draft = await wishes(shop, alice)
    await shop.answers()
    await shop.cancel.draft(alice.id, draft.id)

    assert (await shop.ordering.generate(alice.id, draft.id, 1)).state == "queued"
    assert len(scribe.moderated) == 1


@ON_SQLITE
async def test_after_nobody_could_say_a_tap_asks_again(db: Database, shop: Shop, scribe: Scribe, alice: User) -> None:
    scribe.on_moderate = [Verdict.UNDECIDED]
    draft = await wishes(shop, alice)
    await shop.answers()
    await wishes(shop, alice, draft)
    await shop.answers()

    assert await states(db) == ["failed", "answered"]
    assert await shop.balance(alice) == (8, 2)


async def test_words_changed_while_it_is_looked_at_are_not_what_was_ordered(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    draft = await wishes(shop, alice)

    async def rewrite() -> None:
        await shop.drafts.write_prompt(alice.id, draft.id, "something else")

    scribe.meanwhile = rewrite
    await shop.answers()

    assert await nothing_spent(db)
    card = await shop.cards.draft(alice.id, draft.id)
    assert card.thinking is not None
    assert not card.thinking.checking


@ON_SQLITE
@pytest.mark.parametrize("how", ["cancelled", "put away", "longer"])
async def test_what_is_called_off_while_it_is_looked_at_is_not_made(
    db: Database, shop: Shop, alice: User, how: str
) -> None:
    draft = await wishes(shop, alice)
    if how == "cancelled":
        assert await shop.cards.in_the_making(alice.id) == [draft.id]
        await shop.cancel.draft(alice.id, draft.id)
    elif how == "put away":
        await shop.drafts.close(alice.id, draft.id)
    else:
        await shop.drafts.choose(alice.id, draft.id, "duration_s", 10)

    assert await shop.answers() == 0
    assert await nothing_spent(db)
    with pytest.raises(AlreadyDone):
        await shop.cancel.draft(alice.id, draft.id)


@ON_SQLITE
async def test_what_cannot_be_ordered_is_not_even_looked_at(db: Database, shop: Shop, alice: User, bob: User) -> None:
    poor = await create_user(db, "Poor", credits_=1)
    draft, alices = await shop.draft_of(poor), await shop.draft_of(alice)

    with pytest.raises(NotEnoughCredits):
        await shop.ordering.generate(poor.id, draft.id, 0)
    with pytest.raises(AlreadyDone):
        await shop.ordering.generate(alice.id, alices.id, 4)
    with pytest.raises(NotYours):
        await shop.ordering.generate(bob.id, alices.id, 0)

    assert await states(db) == []


@ON_SQLITE
async def test_credits_spent_meanwhile_are_no_longer_there(db: Database, shop: Shop) -> None:
    poor = await create_user(db, "Poor", credits_=2)
    await wishes(shop, poor)
    await wishes(shop, poor)

    await shop.answers()

    assert await shop.balance(poor) == (0, 2)
    assert await rows(db, "SELECT count(*) FROM jobs") == [(1,)]


async def test_a_worker_that_dies_while_asking_leaves_it_to_the_next(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    await wishes(shop, alice)
    scribe.on_moderate = [RuntimeError("killed")]
    with pytest.raises(RuntimeError):
        await shop.answers()
    assert await shop.answers() == 0, "its lease has not run out"
    await expire(db, "inquiries")

    assert await shop.answers() == 1
    assert await shop.balance(alice) == (8, 2)


async def test_a_worker_that_dies_between_verdict_and_order_leaves_it_to_the_next(
    db: Database, shop: Shop, scribe: Scribe, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wishes(shop, alice)

    async def killed(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(shop.ordering, "order", killed)
        with pytest.raises(RuntimeError):
            await shop.answers()
    assert await nothing_spent(db)
    await expire(db, "inquiries")

    await shop.answers()

    assert len(scribe.moderated) == 1, "the verdict is there already"
    assert await shop.balance(alice) == (8, 2)


@ON_SQLITE
async def test_nothing_is_ordered_for_somebody_who_has_long_gone(db: Database, shop: Shop, alice: User) -> None:
    await wishes(shop, alice)
    await expire(db, "inquiries", "created_at")

    await shop.answers()

    assert await states(db) == ["failed"]
    assert await nothing_spent(db)


@ON_SQLITE
async def test_it_is_not_asked_without_end(db: Database, shop: Shop, alice: User) -> None:
    draft = await wishes(shop, alice)
    more = "INSERT INTO inquiries (user_id, draft_id, purpose, prompt, state, attempts, created_at) "
    made = "SELECT user_id, draft_id, purpose, 'x' || value, 'failed', 1, created_at FROM inquiries, "
    await execute(db, more + made + "json_each(:numbers)", numbers=str(list(range(CHECKS_AN_HOUR - 1))))
    await shop.drafts.write_prompt(alice.id, draft.id, "rain")

    with pytest.raises(EnoughForNow):
        await shop.ordering.generate(alice.id, draft.id, 0)


@ON_SQLITE
async def test_owners_are_told_once_when_nobody_can_look(db: Database, shop: Shop, scribe: Scribe, alice: User) -> None:
    owner = await create_user(db, "Olga")
    await execute(db, "UPDATE users SET telegram_id = :id WHERE id = :olga", id=OWNER, olga=owner.id)
    scribe.on_moderate = [Verdict.UNDECIDED] * 4
    for _ in range(4):
        await wishes(shop, alice)
        await shop.answers()

    told = await rows(db, "SELECT user_id, payload FROM outbox WHERE kind = 'alert'")
    assert [user for user, _ in told] == [owner.id]
    assert "checks_fail" in str(told[0][1])


async def test_an_album_is_made_when_all_of_it_was_looked_at(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    drafts = [await shop.draft_of(alice, album="together", caption="") for _ in range(3)]
    album_id = drafts[0].album_id or 0
    for _ in range(2):
        with pytest.raises(BeingChecked):
            await shop.ordering.generate_album(alice.id, album_id, 0)

    assert await shop.answers() == 3

    assert len(scribe.moderated) == 3
    assert await shop.balance(alice) == (4, 6)
    assert await rows(db, "SELECT count(*) FROM jobs") == [(3,)]


@ON_SQLITE
async def test_one_photo_that_may_not_be_made_keeps_its_album_from_being_charged(
    db: Database, shop: Shop, scribe: Scribe, alice: User
) -> None:
    drafts = [await shop.draft_of(alice, album="together", caption="") for _ in range(3)]
    album_id = drafts[0].album_id or 0
    scribe.on_moderate = [Verdict.SAFE, Verdict.UNSAFE, Verdict.SAFE]
    with pytest.raises(BeingChecked):
        await shop.ordering.generate_album(alice.id, album_id, 0)

    await shop.answers()

    assert await nothing_spent(db)
    refused = [card.thinking and card.thinking.refused for card in (await shop.cards.album(alice.id, album_id)).cards]
    assert refused == [False, True, False]
    with pytest.raises(NotAllowed):
        await shop.ordering.generate_album(alice.id, album_id, 0)
