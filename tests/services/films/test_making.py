"""From the claim of a film's job to its end: made, stopped, refused, and made once though workers die."""

from __future__ import annotations

import asyncio

import pytest

from media.errors import FfmpegFailed
from services.errors import CannotBeRetried
from services.films.maker import FilmMaker
from services.films.options import FilmOptions
from storage.database import Database
from storage.objects.base import StoreUnavailable
from storage.tables import User
from tests.services.films.test_ordering import MUSIC
from tests.services.jobs.steps import run, run_through
from tests.services.jobs.test_crashes import COMMITS, Death, Moment, recover, run_mortal
from tests.support.auditor import audit
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, expire, rows
from tests.support.films import PLAIN, Joinery, film_of, ready_film

pytestmark = pytest.mark.usefixtures("joinery", "every_answer_counts")


async def told(db: Database) -> list[str]:
    return [kind for (kind,) in await rows(db, "SELECT kind FROM outbox WHERE kind LIKE 'film%' ORDER BY id")]


async def ends(db: Database) -> list[tuple[str, int]]:
    """For each film: the state of its job, and whether it is there."""
    query = """SELECT j.state, CASE WHEN f.video_key IS NULL THEN 0 ELSE 1 END FROM films f
        JOIN jobs j ON j.id = f.job_id ORDER BY f.id"""
    return [(state, there) for state, there in await rows(db, query)]


async def test_a_project_becomes_a_verified_film(
    db: Database, shop: Shop, alice: User, project: int, joinery: Joinery
) -> None:
    view = await film_of(shop, alice, project)

    film = view.film
    assert view.ready
    assert (film.width, film.height, film.seconds) == (854, 480, 10.0)
    assert await shop.films.video(film) == ready_film(10.0, 480).read_bytes()
    assert (await shop.films.thumbnail(film)).startswith(b"\xff\xd8")
    assert film.video_key == f"films/{alice.id}/{project}/{film.job_id}.mp4"
    (how,) = joinery.joined
    assert (how["clips"], how["height"], how["transition"], how["title"], how["music"]) == (2, 480, "cut", None, None)
    assert await told(db) == ["film_ready"]
    await audit(db)


@ON_SQLITE
async def test_a_wish_to_stop_reaches_the_joining(
    db: Database, shop: Shop, alice: User, project: int, joinery: Joinery
) -> None:
    joinery.go = asyncio.Event()
    film = (await shop.films.order(alice.id, project, PLAIN)).film
    worker = asyncio.create_task(run(shop))
    await asyncio.wait_for(joinery.begun.wait(), 10)
    await shop.cancel.film(alice.id, film.id)
    await asyncio.wait_for(worker, 10)
    await shop.film_maker.close()

    assert joinery.stopped == 1
    assert await ends(db) == [("cancelled", 0)]
    assert await told(db) == ["film_cancelled"]


@ON_SQLITE
@pytest.mark.parametrize(("commit", "moment"), [*((commit, "after") for commit in COMMITS), (len(COMMITS), "before")])
async def test_killed_at_a_commit_the_film_is_made_once(
    db: Database, db_url: str, shop: Shop, alice: User, project: int, commit: int, moment: Moment
) -> None:
    film = (await shop.films.order(alice.id, project, PLAIN)).film

    await run_mortal(shop, db_url, Death(commit, moment))
    await audit(db)
    # What was joined dies with its process.
    await shop.film_maker.close()
    shop.catalogue.providers["film"] = FilmMaker(db, shop.store, shop.soundtracks)
    await recover(shop, db)

    assert await ends(db) == [("succeeded", 1)]
    assert await told(db) == ["film_ready"]
    assert (await shop.films.view(alice.id, film.id)).ready
    await audit(db)


@ON_SQLITE
async def test_a_worker_that_dies_while_joining_is_succeeded_by_one_that_begins_anew(
    db: Database, shop: Shop, alice: User, project: int, joinery: Joinery
) -> None:
    joinery.go = asyncio.Event()
    await shop.films.order(alice.id, project, PLAIN)
    doomed = asyncio.create_task(run(shop, "doomed"))
    await asyncio.wait_for(joinery.begun.wait(), 10)
    doomed.cancel()
    await asyncio.gather(doomed, return_exceptions=True)
    await shop.film_maker.close()
    joinery.go = None
    shop.catalogue.providers["film"] = FilmMaker(db, shop.store, shop.soundtracks)
    await expire(db, "jobs")

    await run(shop, "alive")

    assert len(joinery.joined) == 2
    assert await ends(db) == [("succeeded", 1)]
    assert await told(db) == ["film_ready"]


@ON_SQLITE
async def test_a_clip_that_is_gone_ends_it_at_once(db: Database, shop: Shop, alice: User, project: int) -> None:
    await shop.films.order(alice.id, project, PLAIN)
    ((key,),) = await rows(db, "SELECT video_key FROM takes ORDER BY id LIMIT 1")
    await shop.store.delete(key)

    await run(shop)

    assert await rows(db, "SELECT state, failure_reason FROM jobs WHERE kind = 'film'") == [("failed", "bad_input")]
    assert await told(db) == ["film_failed"]
    assert (await shop.dead.listed())[0] == []
    await audit(db)


@ON_SQLITE
async def test_music_that_was_changed_meanwhile_makes_no_other_film_than_was_ordered(
    db: Database, shop: Shop, alice: User, project: int, joinery: Joinery, monkeypatch: pytest.MonkeyPatch
) -> None:
    await execute(db, MUSIC, project=project)
    await shop.films.order(alice.id, project, FilmOptions(480, music=True, transition="cut", title=False))
    await shop.store.put("music/fitted.m4a", b"music", "audio/mp4")

    async def fitted(project_id: int, *, seconds: float) -> str:
        assert (project_id, seconds) == (project, 10.0)
        await execute(db, "UPDATE soundtracks SET volume = 50")
        return "music/fitted.m4a"

    monkeypatch.setattr(shop.soundtracks, "fitted", fitted)
    await run(shop)

    assert await rows(db, "SELECT state, failure_reason FROM jobs WHERE kind = 'film'") == [("failed", "bad_input")]
    assert joinery.joined == []


@ON_SQLITE
async def test_a_failed_joining_is_tried_again(
    db: Database, shop: Shop, alice: User, project: int, joinery: Joinery
) -> None:
    joinery.fails = [FfmpegFailed("it was killed"), FfmpegFailed("once more")]
    await shop.films.order(alice.id, project, PLAIN)

    await run_through(shop, db)

    assert len(joinery.joined) == 3
    assert await ends(db) == [("succeeded", 1)]


@ON_SQLITE
async def test_a_store_that_is_down_is_tried_again(
    db: Database, shop: Shop, alice: User, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.films.order(alice.id, project, PLAIN)
    with monkeypatch.context() as down:

        async def download(*_: object) -> None:
            raise StoreUnavailable("no route")

        down.setattr(shop.store, "download", download)
        await run(shop)
    assert await ends(db) == [("queued", 0)]
    await expire(db, "jobs", "due_at")

    await run(shop)

    assert await ends(db) == [("succeeded", 1)]


@ON_SQLITE
async def test_what_came_out_otherwise_than_ordered_is_no_film(
    db: Database, shop: Shop, alice: User, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.films.ready_film", lambda _seconds, _height: ready_film(5.0, 480))
    await shop.films.order(alice.id, project, PLAIN)

    await run_through(shop, db)

    assert await rows(db, "SELECT state, failure_reason FROM jobs WHERE kind = 'film'") == [("failed", "bad_result")]


@ON_SQLITE
async def test_an_owner_has_a_failed_film_done_over_and_no_credits_move(
    db: Database, shop: Shop, alice: User, project: int, joinery: Joinery
) -> None:
    joinery.fails = [FfmpegFailed("it was killed")] * 3
    view = await shop.films.order(alice.id, project, PLAIN)
    await run_through(shop, db)
    ((letter,), _) = await shop.dead.listed()
    before = await rows(db, "SELECT count(*) FROM transfers")

    made = await shop.dead.retry(await shop.boss(), letter.job.id)
    await audit(db)
    assert await run(shop) == made.id

    assert (await shop.films.view(alice.id, view.film.id)).ready
    assert await rows(db, "SELECT count(*) FROM transfers") == before
    assert await told(db) == ["film_failed", "film_ready"]
    assert (await shop.dead.listed())[0] == []
    await audit(db)


@ON_SQLITE
async def test_a_film_that_was_ordered_again_since_is_not_done_over(
    db: Database, shop: Shop, alice: User, project: int, joinery: Joinery
) -> None:
    joinery.fails = [FfmpegFailed("it was killed")] * 3
    await shop.films.order(alice.id, project, PLAIN)
    await run_through(shop, db)
    await film_of(shop, alice, project)
    ((letter,), _) = await shop.dead.listed()

    with pytest.raises(CannotBeRetried):
        await shop.dead.retry(await shop.boss(), letter.job.id)
