"""What a deleted project or a discarded take leaves behind is deleted for good, and nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.erasing import Erasing
from services.errors import Erased, TooLateToUndo
from storage.database import Database
from storage.objects import open_store
from storage.objects.base import StoreUnavailable
from storage.objects.local import LocalStore
from storage.tables import Draft, Soundtrack, Take, User
from tests.support.builders import Shop, create_user
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.films import PLAIN, Joinery, film_of


@pytest.fixture
async def alice(db: Database) -> User:
    """Has enough credits for all that is made here."""
    return await create_user(db, "Alice", credits_=30)


@pytest.fixture
def erasing(db: Database, shop: Shop) -> Erasing:
    return Erasing(db, shop.store)


async def approved(shop: Shop, user: User, draft: Draft | None = None) -> tuple[int, Take]:
    take = await shop.take_of(user, draft)
    view, _ = await shop.takes.approve(user.id, take.id)
    assert view.project is not None
    return view.project.id, take


async def deleted(shop: Shop, user: User, project: int) -> None:
    """An hour ago."""
    await shop.projects.delete(user.id, project)
    await expire(shop.db, "projects", "deleted_at")
    await execute(shop.db, f"UPDATE takes SET created_at = {OLD[shop.db.is_sqlite]}")  # noqa: S608 - a time of ours
    await execute(shop.db, f"UPDATE jobs SET created_at = {OLD[shop.db.is_sqlite]}")  # noqa: S608 - a time of ours


OLD = {True: "datetime('now', '-1 day')", False: "now() - interval '1 day'"}


def kept(shop: Shop) -> set[str]:
    return {path.relative_to(shop.folder).as_posix() for path in shop.folder.rglob("*.[jm]*") if path.is_file()}


async def its_keys(shop: Shop, user: User, take: Take) -> set[str]:
    return {take.video_key, take.thumbnail_key, (await shop.drafts.get(user.id, take.draft_id)).photo_key}


async def test_objects_lie_in_the_folder_of_the_project_that_was_current(shop: Shop, alice: User) -> None:
    _, before = await approved(shop, alice)
    project, take = await approved(shop, alice)

    assert before.video_key.startswith(f"clips/{alice.id}/0/")
    assert take.video_key == f"clips/{alice.id}/{project}/{take.job_id}.mp4"
    assert (await shop.drafts.get(alice.id, take.draft_id)).photo_key.startswith(f"images/{alice.id}/{project}/")


async def test_a_deleted_project_takes_its_objects_with_it_after_the_grace(
    db: Database, shop: Shop, alice: User, erasing: Erasing
) -> None:
    project, take = await approved(shop, alice)
    other = await shop.take_of(alice)
    for key in (f"films/{alice.id}/{project}/1.mp4", f"music/{alice.id}/{project}/a.m4a", "music/made/calm.m4a"):
        await shop.store.put(key, b"x", "video/mp4")
    await shop.projects.delete(alice.id, project)

    await erasing.round()
    assert await its_keys(shop, alice, take) <= kept(shop)
    await deleted(shop, alice, project)
    await erasing.round()
    await erasing.round()

    assert kept(shop) == await its_keys(shop, alice, other) | {"music/made/calm.m4a"}
    with pytest.raises(TooLateToUndo):
        await shop.projects.bring_back(alice.id, project)
    for door in (
        shop.takes.approve(alice.id, take.id),
        shop.takes.discard(alice.id, take.id),
        shop.drafts.expect_prompt(alice.id, take.draft_id),
        shop.ordering.generate(alice.id, take.draft_id, 1),
        shop.drafts.write_prompt(alice.id, take.draft_id, "snow again"),
    ):
        with pytest.raises(Erased):
            await door
    assert await rows(db, "SELECT count(*) FROM erasures") == [(0,)]


async def test_what_a_copy_shares_survives_until_the_copy_goes_too(
    db: Database, shop: Shop, alice: User, erasing: Erasing
) -> None:
    project, take = await approved(shop, alice)
    music = f"music/{alice.id}/{project}/sent.m4a"
    await shop.store.put(music, b"x", "audio/mp4")
    async with db.transaction() as session:
        session.add(Soundtrack(project_id=project, origin="sent", title="Waltz", audio_key=music, seconds=30.0))
    copy = await shop.projects.duplicate(alice.id, project, 2)

    await deleted(shop, alice, project)
    await erasing.round()
    assert kept(shop) == {*await its_keys(shop, alice, take), music}
    assert len((await shop.projects.view(alice.id, copy.id)).takes) == 1

    await deleted(shop, alice, copy.id)
    await erasing.round()
    assert kept(shop) == set()


async def test_what_its_owner_went_on_with_survives(shop: Shop, alice: User, erasing: Erasing) -> None:
    project, take = await approved(shop, alice)
    await deleted(shop, alice, project)
    again = await shop.take_of(alice, await shop.drafts.get(alice.id, take.draft_id))

    await erasing.round()

    assert await its_keys(shop, alice, again) | await its_keys(shop, alice, take) == kept(shop)
    assert (await shop.takes.approve(alice.id, again.id))[0].position == 1


async def test_a_draft_at_work_survives(shop: Shop, alice: User, erasing: Erasing) -> None:
    project, take = await approved(shop, alice)
    await shop.job_of(alice, await shop.drafts.get(alice.id, take.draft_id))
    await deleted(shop, alice, project)

    await erasing.round()

    assert await its_keys(shop, alice, take) == kept(shop)


async def test_a_discarded_take_goes_after_thirty_days(db: Database, shop: Shop, alice: User, erasing: Erasing) -> None:
    _, take = await approved(shop, alice)
    other = await shop.take_of(alice, await shop.drafts.get(alice.id, take.draft_id))
    await shop.takes.discard(alice.id, other.id)
    await erasing.round()
    assert other.video_key in kept(shop)

    long_ago = "datetime('now', '-31 days')" if db.is_sqlite else "now() - interval '31 days'"
    await execute(db, f"UPDATE takes SET discarded_at = {long_ago} WHERE discarded_at IS NOT NULL")  # noqa: S608
    await erasing.round()

    assert kept(shop) == await its_keys(shop, alice, take)
    with pytest.raises(Erased):
        await shop.takes.keep_after_all(alice.id, other.id)


async def test_films_that_a_newer_one_replaced_go_after_a_week(
    db: Database, shop: Shop, alice: User, erasing: Erasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.film.join", Joinery().join)
    project, take = await approved(shop, alice)
    films = [await film_of(shop, alice, project, replace(PLAIN, height=height)) for height in (480, 720, 1080)]
    for film in (films[0], films[2]):  # the second is still on its way to her
        await shop.films.sent(film.film.id, message_id=80, file_id="film")
    await erasing.round()
    assert all([await shop.store.exists(film.film.video_key or "") for film in films])

    week_ago = "datetime('now', '-8 days')" if db.is_sqlite else "now() - interval '8 days'"
    await execute(db, f"UPDATE jobs SET finished_at = {week_ago}")  # noqa: S608 - a time of ours
    await erasing.round()

    rest = {key for film in films[1:] for key in (film.film.video_key, film.film.thumbnail_key)}
    assert kept(shop) == await its_keys(shop, alice, take) | rest
    assert not (await shop.films.view(alice.id, films[0].film.id)).ready
    again = await shop.films.order(alice.id, project, PLAIN)
    assert again.film.id not in {film.film.id for film in films}, "a film whose file is gone is made anew"


@ON_SQLITE
async def test_a_store_that_fails_in_the_middle_is_asked_again(
    db: Database, shop: Shop, alice: User, erasing: Erasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = await approved(shop, alice)
    await deleted(shop, alice, project)
    delete, left = LocalStore.delete, [1]

    async def moody(store: LocalStore, key: str) -> None:
        if not left:
            raise StoreUnavailable("the folder refuses")
        left.pop()
        await delete(store, key)

    with monkeypatch.context() as patched:
        patched.setattr(LocalStore, "delete", moody)
        with pytest.raises(StoreUnavailable):
            await erasing.round()
    assert len(kept(shop)) == 2

    await erasing.round()

    assert kept(shop) == set()


@pytest.fixture
async def bucket_shop(db: Database, shop: Shop, s3_url: str, tmp_path: Path) -> AsyncIterator[Shop]:
    """The same shop with its objects in a real bucket."""
    store = open_store(s3_url, signing_secret="canary", public_url="")
    shop.store = shop.drafts._store = shop.takes._store = store  # type: ignore[assignment]  # another store, same port
    yield shop
    await store.close()


@ON_SQLITE
async def test_in_a_bucket_it_is_the_same(db: Database, bucket_shop: Shop, alice: User) -> None:
    project, take = await approved(bucket_shop, alice)
    copy = await bucket_shop.projects.duplicate(alice.id, project, 2)
    film, store = f"films/{alice.id}/{project}/parts/a.mp4", bucket_shop.store
    await store.put(film, b"x", "video/mp4")
    keys = await its_keys(bucket_shop, alice, take)

    await deleted(bucket_shop, alice, project)
    await Erasing(db, store).round()
    assert [await store.exists(key) for key in (*keys, film)] == [True, True, True, False]

    await deleted(bucket_shop, alice, copy.id)
    await Erasing(db, store).round()
    assert [await store.exists(key) for key in keys] == [False, False, False]
