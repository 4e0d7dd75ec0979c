"""What is set in the chat decides what is on offer, for how much, and who makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.base import ClipModel
from services.catalogue import Catalogue
from services.errors import ChoiceNotOffered, CostsOtherwise
from services.live.values import Values
from storage.database import Database
from storage.tables import User
from tests.services.test_catalogue import Studio, offer
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE

PRICES = {5: 2, 10: 4}
TALL = ClipModel("tall", "Tall", "one", ("9:16",), {6: 3})
ONE = Studio("one", offer("one", "wan", PRICES), TALL)
TWO = Studio("two", offer("two", "wan", {5: 3, 8: 5}), offer("two", "motion", {5: 1}))
SPARE = Studio("spare", offer("spare", "wan", PRICES))
STUDIOS = (ONE, TWO, SPARE)
KEYS = ("wan", "tall", "motion", "long-gone")
NAMES = ("one", "two", "spare", "elsewhere")
VALUES = st.builds(
    Values,
    makers=st.dictionaries(st.sampled_from(NAMES), st.integers(1, 9)),
    models_off=st.lists(st.sampled_from(KEYS)),
    paused_makers=st.lists(st.sampled_from(NAMES)),
    prices=st.dictionaries(
        st.sampled_from(KEYS), st.dictionaries(st.sampled_from(["5", "6", "8", "99", "soon"]), st.integers(1, 9))
    ),
)


def catalogue(values: Values | None = None) -> Catalogue:
    made = Catalogue(STUDIOS, {"one": 3, "two": 1})
    if values:
        made.adopt(values)
    return made


def keys(made: Catalogue) -> list[str]:
    return [model.key for model in made.models]


@given(VALUES)
def test_whatever_is_set_what_is_shown_can_be_had_for_the_price_that_is_shown(values: Values) -> None:
    made = catalogue(values)
    able = {studio.name: {model.key: model for model in studio.models()} for studio in STUDIOS}

    assert made.default in made.models
    assert set(made.makers) <= set(made.vendors) == {"one", "two", "spare"}
    assert keys(made) == [made.default.key] or not set(keys(made)) & set(values.models_off)
    for model in made.models:
        for length, price in model.prices.items():
            assert made.price(model.key, length) == made.nearest_price(model.key, length) == price
            assert price == values.prices.get(model.key, {}).get(
                str(length), able[model.provider][model.key].prices[length]
            )
            for shape in model.shapes:
                maker = made.maker(model.key, shape, length)
                assert maker in made.makers
                assert length in able[maker][model.key].prices
                assert shape in able[maker][model.key].shapes


@given(
    VALUES, st.sampled_from(KEYS), st.sampled_from([5, 6, 8, 10]), st.integers(1, 9), st.sets(st.sampled_from(NAMES))
)
def test_work_goes_on_only_to_who_is_active_awake_and_on_offer(
    values: Values, key: str, length: int, at_most: int, without: set[str]
) -> None:
    made = catalogue(values)
    found = made.elsewhere(key, "9:16", length, at_most=at_most, without=without)

    if found is not None:
        assert found.provider in set(made.makers) - without - set(values.paused_makers)
        assert found.key in keys(made)
        assert found.prices[length] <= at_most or found.key == key


@given(VALUES, VALUES)
def test_what_was_set_before_leaves_nothing_behind(before: Values, after: Values) -> None:
    made = catalogue(before)
    made.adopt(after)
    fresh = catalogue(after)
    assert (made.models, made.makers, made.paused) == (fresh.models, fresh.makers, fresh.paused)


def test_the_environment_says_who_is_active_until_the_values_do() -> None:
    assert catalogue().vendors == ("one", "two", "spare")
    assert list(catalogue().makers.items()) == [("one", 3), ("two", 1)]
    assert list(catalogue(Values(makers={"spare": 2, "one": 1})).makers.items()) == [("spare", 2), ("one", 1)]
    assert catalogue(Values(makers={"two": 1})).default.prices == {5: 3, 8: 5}


def test_vendors_that_are_not_here_count_as_not_named() -> None:
    assert list(catalogue(Values(makers={"elsewhere": 5, "two": 1})).makers) == ["two"]
    assert list(catalogue(Values(makers={"elsewhere": 5})).makers) == ["one", "two"]


def test_models_are_switched_off_but_never_all_of_them() -> None:
    assert keys(catalogue(Values(models_off=["wan"]))) == ["tall", "motion"]
    assert keys(catalogue(Values(models_off=list(KEYS)))) == ["wan"]


def test_a_price_that_is_set_makes_equals_of_all_who_make_the_model() -> None:
    made = catalogue(Values(prices={"wan": {"5": 7, "99": 1}}))
    assert made.model("wan").prices == {5: 7, 10: 4}
    assert {made.maker("wan", "1:1", 5) for _ in range(200)} == {"one", "two"}
    assert made.maker("wan", "1:1", 10) == "one"


def test_all_models_are_told_with_the_vendors_own_prices() -> None:
    made = catalogue(Values(makers={"two": 1}, models_off=["wan"], prices={"tall": {"6": 9}}))
    assert [(model.provider, model.key) for model in made.everything] == [
        *(("one", "wan"), ("one", "tall"), ("two", "wan"), ("two", "motion"), ("spare", "wan"))
    ]
    assert made.everything[1].prices == {6: 3}


def test_who_is_paused_gets_nothing_that_an_equal_can_make() -> None:
    made = catalogue(Values(makers={"one": 1, "spare": 9}, paused_makers=["spare"]))
    assert {made.maker("wan", "1:1", 5) for _ in range(100)} == {"one"}
    alone = catalogue(Values(makers={"spare": 1}, paused_makers=["spare"]))
    assert alone.maker("wan", "1:1", 5) == "spare"
    assert alone.elsewhere("wan", "1:1", 5, at_most=9, without=()) is None


def test_a_price_that_was_raised_does_not_keep_an_equal_from_a_job_of_the_old_one() -> None:
    made = catalogue(Values(makers={"one": 1, "spare": 1}, prices={"wan": {"5": 8}}))
    found = made.elsewhere("wan", "1:1", 5, at_most=2, without=["one"])
    assert found is not None
    assert found.provider == "spare"
    dearer = catalogue().elsewhere("wan", "1:1", 5, at_most=2, without=["one"])
    assert dearer is not None
    assert dearer.key == "motion"  # the wan of two costs more by itself


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(
        db,
        tmp_path / "objects",
        Studio("one", offer("one", "wan", PRICES)),
        Studio("two", offer("two", "motion", PRICES)),
    )


async def test_nobody_pays_a_price_that_changed_after_they_saw_it(shop: Shop, alice: User) -> None:
    boss, draft = await shop.boss(), await shop.draft_of(alice)
    shown = (await shop.cards.draft(alice.id, draft.id)).price
    await shop.live.set(boss, "prices", {"wan": {"5": 3}})

    with pytest.raises(CostsOtherwise) as refused:
        await shop.ordering.generate(alice.id, draft.id, 0, shown=shown)

    assert (shown, refused.value.price) == (2, 3)
    assert await shop.balance(alice) == (10, 0)
    assert (await shop.cards.draft(alice.id, draft.id)).price == 3
    job = await shop.ordering.generate(alice.id, draft.id, 0, shown=3)
    assert await shop.balance(alice) == (7, 3)

    await shop.live.set(boss, "prices", {"wan": {"5": 9}})
    assert (await shop.job(job.id)).price == 3
    claim = await shop.claim()
    await shop.outcomes.succeed(claim, await shop.stored(claim))
    assert await shop.balance(alice) == (7, 0)


@ON_SQLITE
async def test_nor_for_an_album_and_a_lower_price_is_asked_about_too(shop: Shop, alice: User) -> None:
    boss = await shop.boss()
    first, _ = [await shop.draft_of(alice, album="g") for _ in range(2)]
    for credits_ in (5, 1):
        shown = (await shop.cards.album(alice.id, first.album_id or 0)).price
        await shop.live.set(boss, "prices", {"wan": {"5": credits_}})
        with pytest.raises(CostsOtherwise) as refused:
            await shop.ordering.generate_album(alice.id, first.album_id or 0, 0, shown=shown)
        assert refused.value.price == 2 * credits_
    jobs = await shop.ordering.generate_album(alice.id, first.album_id or 0, 0, shown=2)
    assert [job.price for job in jobs] == [1, 1]


@ON_SQLITE
async def test_another_process_asks_the_new_price_once_it_has_looked(
    db: Database, shop: Shop, tmp_path: Path, alice: User
) -> None:
    there = Shop(db, tmp_path / "objects", Studio("one", offer("one", "wan", PRICES)))
    draft = await shop.draft_of(alice)
    await shop.live.set(await shop.boss(), "prices", {"wan": {"5": 3}})
    await there.live.refresh(at_once=True)
    with pytest.raises(CostsOtherwise):
        await there.ordering.generate(alice.id, draft.id, 0, shown=2)


@ON_SQLITE
async def test_a_vendor_or_model_that_is_switched_off_makes_nothing_new_but_ends_what_it_has(
    shop: Shop, alice: User
) -> None:
    boss, under_way = await shop.boss(), await shop.job_of(alice)
    draft = await shop.draft_of(alice)
    await shop.live.set(boss, "makers", {"two": 1})

    card = await shop.cards.draft(alice.id, draft.id)
    assert [model.key for model in card.models] == ["motion"]
    with pytest.raises(ChoiceNotOffered):
        await shop.drafts.choose(alice.id, draft.id, "model", "wan")
    assert (await shop.ordering.generate(alice.id, draft.id, 0, shown=2)).provider == "two"
    assert await shop.worker().run_next("worker") == under_way.id
    assert (await shop.job(under_way.id)).state == "succeeded"
    assert (await shop.job(under_way.id)).provider == "one"

    await shop.live.set(boss, "makers", {"two": 1, "one": 1})
    await shop.live.set(boss, "models_off", ["motion"])
    assert [model.key for model in shop.cards.models] == ["wan"]
    await shop.live.set(boss, "makers", None)
    await shop.live.set(boss, "models_off", None)
    assert [model.key for model in shop.cards.models] == ["wan", "motion"]
