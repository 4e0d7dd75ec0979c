"""What is on offer when several vendors are active, and who makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.base import SHAPES, ClipModel
from services.catalogue import Catalogue
from services.errors import ChoiceNotOffered, CostsOtherwise
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.vendor import Vendor

WAN = {5: 2}
MOTION = {5: 1, 10: 2}


class Studio(Vendor):
    """A vendor that offers what it is told to."""

    def __init__(self, name: str, *offers: ClipModel) -> None:
        super().__init__(name=name)
        self.offers = offers

    def models(self) -> tuple[ClipModel, ...]:
        return self.offers


def offer(vendor: str, key: str, prices: dict[int, int]) -> ClipModel:
    return ClipModel(key, key.title(), vendor, SHAPES, prices)


def test_a_model_that_two_make_is_shown_once_for_the_first_ones_price() -> None:
    one, two = Studio("one", offer("one", "wan", {5: 2})), Studio("two", offer("two", "wan", {5: 3, 8: 4}))
    catalogue = Catalogue([one, two])
    assert [(model.provider, model.prices) for model in catalogue.models] == [("one", {5: 2})]


def test_equals_share_by_weight_and_who_is_dearer_is_no_equal() -> None:
    offers = {"one": {5: 2}, "two": {5: 2}, "dear": {5: 3}}
    studios = [Studio(name, offer(name, "wan", prices)) for name, prices in offers.items()]
    catalogue = Catalogue(studios, {"one": 3, "two": 1, "dear": 99})
    drawn = [catalogue.maker("wan", "1:1", 5) for _ in range(2000)]
    assert set(drawn) == {"one", "two"}
    assert 1300 < drawn.count("one") < 1700


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    local = Studio("local", offer("local", "motion", MOTION))
    return Shop(db, tmp_path / "objects", local, Studio("runpod", offer("runpod", "wan", WAN)))


async def test_another_model_takes_the_nearest_length_and_its_own_price(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    await shop.drafts.choose(alice.id, draft.id, "duration_s", 10)
    await shop.drafts.choose(alice.id, draft.id, "model", "wan")

    card = await shop.cards.draft(alice.id, draft.id)
    assert (card.model.key, card.duration_s, card.price) == ("wan", 5, 2)
    job = await shop.ordering.generate(alice.id, draft.id, 0, shown=card.price)
    assert (job.provider, job.price, job.params["duration_s"]) == ("runpod", 2, 5)


async def test_a_draft_whose_vendor_has_left_goes_on_with_what_there_is(
    db: Database, shop: Shop, tmp_path: Path, alice: User
) -> None:
    draft = await shop.draft_of(alice)
    await shop.drafts.choose(alice.id, draft.id, "duration_s", 10)
    later = Shop(db, tmp_path / "objects", Studio("runpod", offer("runpod", "wan", {5: 3})))

    card = await later.cards.draft(alice.id, draft.id)
    assert (card.model.key, card.duration_s, card.price) == ("wan", 5, 3)
    job = await later.ordering.generate(alice.id, draft.id, 0, shown=3)
    assert (job.price, job.params["model"], job.params["duration_s"]) == (3, "wan", 5)


async def test_a_button_with_another_price_sets_nothing_aside(
    db: Database, shop: Shop, tmp_path: Path, alice: User
) -> None:
    draft = await shop.draft_of(alice)
    later = Shop(db, tmp_path / "objects", Studio("runpod", offer("runpod", "wan", {5: 3})))

    with pytest.raises(CostsOtherwise) as refused:
        await later.ordering.generate(alice.id, draft.id, 0, shown=1)

    assert refused.value.price == 3
    assert await later.balance(alice) == (10, 0)
    assert (await later.drafts.get(alice.id, draft.id)).round == 0


async def test_nor_does_one_for_an_album(db: Database, shop: Shop, alice: User) -> None:
    first, _ = [await shop.draft_of(alice, album="g") for _ in range(2)]
    album_id = first.album_id or 0

    with pytest.raises(CostsOtherwise) as refused:
        await shop.ordering.generate_album(alice.id, album_id, 0, shown=1)
    assert refused.value.price == 2

    await shop.drafts.choose_for_album(alice.id, album_id, "model", "wan")
    jobs = await shop.ordering.generate_album(alice.id, album_id, 0, shown=4)
    assert [job.provider for job in jobs] == ["runpod", "runpod"]


async def test_what_nobody_offers_is_refused(shop: Shop, alice: User) -> None:
    draft = await shop.draft_of(alice)
    with pytest.raises(ChoiceNotOffered):
        await shop.drafts.choose(alice.id, draft.id, "model", "dall-e")
