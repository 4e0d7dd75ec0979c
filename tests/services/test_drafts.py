"""A photo becomes a draft once, a refused one leaves nothing, and a draft is changed only by what is on offer."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from media.errors import PhotoProblem
from services.dialogue import Expectation, expectation
from services.drafts import Arrival, Change, prompt_units
from services.errors import ChoiceNotOffered, PhotoNotUsable, PromptTooLong, StillWorking
from services.ordering import Ordering
from services.users import Users
from storage.database import Database
from storage.tables import Draft, User
from tests.support.builders import Shop, create_user, photograph
from tests.support.database import ON_POSTGRES, ON_SQLITE, execute, rows, until_somebody_waits_for_a_lock
from tests.support.photographs import jpeg

EMOJI = "\U0001f600"  # two UTF-16 code units


async def expected(db: Database, user: User) -> Expectation | None:
    return expectation(await Users(db).get(user.id))


def objects(shop: Shop) -> list[str]:
    return [str(path) for path in shop.folder.rglob("*") if path.is_file()]


async def test_a_photo_becomes_a_draft_whose_prompt_comes_next(db: Database, shop: Shop, alice: User) -> None:
    draft = await shop.drafts.open(alice, Arrival("1:7", jpeg("chelsea", size=(451, 300))))

    assert (draft.state, draft.round, draft.prompt) == ("open", 0, "")
    assert (draft.model, draft.shape, draft.duration_s) == ("vendor-one", "16:9", 5)
    assert (draft.photo_width, draft.photo_height) == (451, 300)
    assert (await shop.drafts.photo(draft)).startswith(b"\xff\xd8")
    assert await expected(db, alice) == Expectation("draft_prompt", draft.id)


@ON_SQLITE
async def test_a_caption_is_the_prompt(shop: Shop, alice: User) -> None:
    draft = await shop.drafts.open(alice, Arrival("1:7", photograph(), caption="  falling \n snow\x00! "))

    assert draft.prompt == "falling snow !"


@ON_SQLITE
async def test_a_new_draft_begins_as_its_owner_likes(db: Database, shop: Shop, alice: User) -> None:
    alice = await Users(db).choose_defaults(alice.id, default_duration_s=9, default_shape="1:1")

    draft = await shop.drafts.open(alice, Arrival("1:7", photograph()))

    assert (draft.duration_s, draft.shape) == (10, "1:1")


@ON_SQLITE
async def test_the_shape_follows_the_upright_photo(shop: Shop, alice: User) -> None:
    lying = jpeg("chelsea", size=(451, 300), orientation=6)

    assert (await shop.drafts.open(alice, Arrival("1:7", lying))).shape == "9:16"


async def test_the_same_message_twice_is_one_draft(db: Database, shop: Shop, alice: User) -> None:
    first = await shop.drafts.open(alice, Arrival("1:7", photograph(), "snow"))
    await shop.drafts.write_prompt(alice.id, first.id, "rain")

    second = await shop.drafts.open(alice, Arrival("1:7", photograph(), "snow"))

    assert (second.id, second.prompt) == (first.id, "rain")
    assert await rows(db, "SELECT count(*) FROM drafts") == [(1,)]


async def test_the_same_message_ten_times_at_once_is_one_draft(db: Database, shop: Shop, alice: User) -> None:
    drafts = await asyncio.gather(*(shop.drafts.open(alice, Arrival("1:7", photograph())) for _ in range(10)))

    assert len({draft.id for draft in drafts}) == 1
    assert await rows(db, "SELECT count(*) FROM drafts") == [(1,)]
    assert len(objects(shop)) == 1


@ON_SQLITE
async def test_two_people_may_have_messages_of_the_same_number(shop: Shop, alice: User, bob: User) -> None:
    one, other = [await shop.drafts.open(user, Arrival("7", photograph())) for user in (alice, bob)]

    assert one.id != other.id
    assert one.photo_key != other.photo_key


@ON_SQLITE
@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", PhotoProblem.EMPTY),
        (b"<html>", PhotoProblem.NOT_AN_IMAGE),
        (b"%PDF-1.7", PhotoProblem.UNSUPPORTED_FORMAT),
        (jpeg("chelsea")[:9000], PhotoProblem.DAMAGED),
        (jpeg("chelsea", size=(90, 60)), PhotoProblem.TOO_SMALL),
    ],
)
async def test_a_refused_photo_leaves_nothing_behind(
    db: Database, shop: Shop, alice: User, data: bytes, problem: PhotoProblem
) -> None:
    with pytest.raises(PhotoNotUsable) as refused:
        await shop.drafts.open(alice, Arrival("1:7", data, "snow", "album"))

    assert refused.value.problem == problem
    await nothing_is_left(db, shop, alice)


@ON_SQLITE
async def test_a_photo_whose_caption_is_too_long_leaves_nothing_behind(db: Database, shop: Shop, alice: User) -> None:
    with pytest.raises(PromptTooLong):
        await shop.drafts.open(alice, Arrival("1:7", photograph(), "x" * 201))

    await nothing_is_left(db, shop, alice)


async def nothing_is_left(db: Database, shop: Shop, user: User) -> None:
    assert await rows(db, "SELECT id FROM drafts UNION ALL SELECT id FROM albums UNION ALL SELECT id FROM outbox") == []
    assert objects(shop) == []
    assert await expected(db, user) is None


@ON_SQLITE
@pytest.mark.parametrize(("text", "length"), [("x" * 200, 200), (EMOJI * 100, 200), ("é" * 200, 200)])
async def test_a_prompt_may_be_as_long_as_the_model_reads(shop: Shop, alice: User, text: str, length: int) -> None:
    draft = await shop.draft_of(alice)
    assert prompt_units(text) == length

    assert (await shop.drafts.write_prompt(alice.id, draft.id, text)).prompt == text

    with pytest.raises(PromptTooLong) as refused:
        await shop.drafts.write_prompt(alice.id, draft.id, text + "!")
    assert (refused.value.limit, refused.value.length) == (200, 201)
    assert (await shop.drafts.get(alice.id, draft.id)).prompt == text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=60))
async def test_any_prompt_is_kept_as_words(db: Database, shop: Shop, text: str) -> None:
    user = await create_user(db)
    draft = await shop.drafts.open(user, Arrival("1:1", PHOTOGRAPH))

    kept = (await shop.drafts.write_prompt(user.id, draft.id, text)).prompt

    assert kept.split() == text.replace("\x00", " ").split()
    assert (await shop.drafts.get(user.id, draft.id)).prompt == kept


PHOTOGRAPH = jpeg("chelsea", size=(300, 200))


@ON_SQLITE
async def test_the_model_shape_and_length_can_be_chosen(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)

    await shop.drafts.choose(alice.id, draft.id, "duration_s", 10)
    draft = await shop.drafts.choose(alice.id, draft.id, "shape", "1:1")

    assert (draft.duration_s, draft.shape) == (10, "1:1")


@ON_SQLITE
async def test_another_model_brings_its_nearest_shape_and_length(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await shop.drafts.choose(alice.id, draft.id, "shape", "1:1")

    draft = await shop.drafts.choose(alice.id, draft.id, "model", "vendor-wide")

    assert (draft.model, draft.shape, draft.duration_s) == ("vendor-wide", "16:9", 6)


@ON_SQLITE
@pytest.mark.parametrize(
    ("what", "value"),
    [("duration_s", 7), ("duration_s", "5"), ("shape", "4:3"), ("shape", ""), ("model", "vendor-two")],
)
async def test_what_is_not_offered_cannot_be_chosen(shop: Shop, alice: User, what: Change, value: str | int) -> None:
    draft = await shop.draft_of(alice)

    with pytest.raises(ChoiceNotOffered):
        await shop.drafts.choose(alice.id, draft.id, what, value)

    after = await shop.drafts.get(alice.id, draft.id)
    assert (after.model, after.shape, after.duration_s) == (draft.model, draft.shape, draft.duration_s)


async def test_nothing_can_be_changed_while_a_clip_is_made_of_it(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await shop.job_of(alice, draft)

    with pytest.raises(StillWorking):
        await shop.drafts.write_prompt(alice.id, draft.id, "rain")
    with pytest.raises(StillWorking):
        await shop.drafts.choose(alice.id, draft.id, "duration_s", 10)
    with pytest.raises(StillWorking):
        await shop.drafts.expect_prompt(alice.id, draft.id)
    with pytest.raises(StillWorking):
        await shop.drafts.close(alice.id, draft.id)

    after = await shop.drafts.get(alice.id, draft.id)
    assert (after.prompt, after.duration_s, after.state) == (draft.prompt, draft.duration_s, "working")


@ON_POSTGRES
async def test_a_draft_is_not_opened_under_the_hands_of_generate(db: Database, shop: Shop, alice: User) -> None:
    """The tap on "change prompt" waits for the Generate that is just being written down, and then comes too late."""
    draft = await shop.draft_of(alice)
    async with db.transaction() as session:
        await session.execute(update(Draft).where(Draft.id == draft.id).values(state="working"))
        tap = asyncio.create_task(shop.drafts.expect_prompt(alice.id, draft.id))
        await until_somebody_waits_for_a_lock(db)

    with pytest.raises(StillWorking):
        await tap
    assert await rows(db, "SELECT state FROM drafts") == [("working",)]
    await execute(db, "UPDATE drafts SET state = 'open'")


@ON_SQLITE
async def test_a_draft_that_was_put_away_is_opened_again_for_its_prompt(db: Database, shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await shop.drafts.close(alice.id, draft.id)
    assert (await shop.drafts.get(alice.id, draft.id)).state == "closed"
    assert await expected(db, alice) is None

    await shop.drafts.expect_prompt(alice.id, draft.id)

    assert (await shop.drafts.get(alice.id, draft.id)).state == "open"
    assert await expected(db, alice) == Expectation("draft_prompt", draft.id)


@ON_SQLITE
async def test_it_remembers_the_card_and_its_picture(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)

    await shop.drafts.show(draft.id, message_id=41, file_id="abc")
    await shop.drafts.show(draft.id, message_id=42)

    after = await shop.drafts.get(alice.id, draft.id)
    assert (after.card_message_id, after.photo_file_id) == (42, "abc")


@ON_SQLITE
async def test_only_the_draft_s_present_card_is_let_go_of(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await shop.drafts.show(draft.id, message_id=42)

    await shop.drafts.let_go_of_card(draft.id, message_id=41)
    assert (await shop.drafts.get(alice.id, draft.id)).card_message_id == 42
    await shop.drafts.let_go_of_card(draft.id, message_id=42)
    assert (await shop.drafts.get(alice.id, draft.id)).card_message_id is None


async def test_how_long_a_clip_may_take_is_the_operators_matter(shop: Shop, db: Database, alice: User) -> None:
    hasty = Ordering(db, shop.catalogue, shop.woken, 90.0)
    draft = await shop.draft_of(alice)

    job = await hasty.generate(alice.id, draft.id, draft.round)

    job = await shop.job(job.id)
    assert (job.deadline_at - job.created_at).total_seconds() == pytest.approx(90.0, abs=1.0)
