"""Ordering films: one film of one content, nothing of nothing, and no more than a day allows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from providers.base import FailureReason
from services.errors import AlreadyDone, ChoiceNotOffered, EnoughFilms, FilmTooLong, NothingToJoin, NotYours
from services.films.content import LONGEST_SECONDS
from services.films.films import Films
from services.films.options import HEIGHTS, FilmOptions
from services.films.quota import DailyQuota
from services.jobs import states
from storage.database import Database
from storage.tables import User
from tests.support.auditor import audit
from tests.support.builders import Shop, values
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.films import PLAIN, Joinery, film_of

MUSIC = """INSERT INTO soundtracks (project_id, origin, title, audio_key, seconds, loops, start_s, fade_in_s,
    fade_out_s, volume, created_at)
    VALUES (:project, 'made', 'Calm', 'music/made/calm.m4a', 30, TRUE, 0, 0, 2, 100, '2026-01-01')"""


async def test_an_order_is_one_film_and_one_job_that_costs_nothing(
    db: Database, shop: Shop, alice: User, project: int
) -> None:
    shop.woken.jobs.clear()
    before = await shop.balance(alice)

    view = await shop.films.order(alice.id, project, PLAIN)

    job = await shop.job(view.film.job_id)
    assert (job.kind, job.provider, job.price, job.hold_id, job.state) == ("film", "film", 0, None, "queued")
    assert (view.film.number, view.options, view.work.live, view.ready) == (1, PLAIN, True, False)
    assert shop.woken.jobs == [job.id]
    assert await shop.balance(alice) == before
    await audit(db)


async def test_taps_at_once_order_one_film(db: Database, shop: Shop, alice: User, project: int) -> None:
    shop.woken.jobs.clear()
    views = await asyncio.gather(*(shop.films.order(alice.id, project, PLAIN) for _ in range(6)))

    assert len({view.film.id for view in views}) == 1
    assert await rows(db, "SELECT count(*) FROM jobs WHERE kind = 'film'") == [(1,)]
    assert len(shop.woken.jobs) == 1


async def test_the_same_film_again_is_the_one_that_is_there(
    shop: Shop, alice: User, project: int, joinery: Joinery
) -> None:
    made = await film_of(shop, alice, project)

    again = await shop.films.order(alice.id, project, PLAIN)

    assert (again.film.id, again.ready) == (made.film.id, True)
    assert (await shop.films.offer(alice.id, project, PLAIN)).known is not None


@ON_SQLITE
@pytest.mark.parametrize(
    "change",
    [{"height": 720}, {"transition": "fade"}, {"title": True}, {"music": True}],
    ids=lambda change: next(iter(change)),
)
async def test_another_wish_is_another_film(
    db: Database, shop: Shop, alice: User, project: int, change: dict[str, object]
) -> None:
    await shop.projects.rename(alice.id, project, "Summer")
    await execute(db, MUSIC, project=project)
    first = await shop.films.order(alice.id, project, PLAIN)

    second = await shop.films.order(alice.id, project, replace(PLAIN, **change))  # type: ignore[arg-type]

    assert (first.film.number, second.film.number) == (1, 2)


@ON_SQLITE
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE clips SET position = position + 10|UPDATE clips SET position = 13 - position",
        "UPDATE takes SET video_key = 'clips/another.mp4' WHERE id = 1",
        "UPDATE projects SET name = 'Winter'",
        "UPDATE soundtracks SET volume = 50",
        "UPDATE soundtracks SET start_s = 3",
    ],
)
async def test_what_was_changed_in_the_project_makes_another_film(
    db: Database, shop: Shop, alice: User, project: int, change: str
) -> None:
    await shop.projects.rename(alice.id, project, "Summer")
    await execute(db, MUSIC, project=project)
    wish = FilmOptions(480, music=True, transition="cut", title=True)
    first = await shop.films.order(alice.id, project, wish)
    for statement in change.split("|"):
        await execute(db, statement)

    assert (await shop.films.order(alice.id, project, wish)).film.id != first.film.id


@ON_SQLITE
async def test_what_a_film_does_not_depend_on_leaves_it_as_it_is(
    db: Database, shop: Shop, alice: User, project: int
) -> None:
    first = await shop.films.order(alice.id, project, PLAIN)
    await shop.projects.rename(alice.id, project, "Summer")
    await execute(db, MUSIC, project=project)
    await execute(db, "UPDATE clips SET caption = 'Us'")

    assert (await shop.films.order(alice.id, project, PLAIN)).film.id == first.film.id


@ON_SQLITE
async def test_without_music_or_a_name_there_is_none_in_the_film(shop: Shop, alice: User, project: int) -> None:
    view = await shop.films.order(alice.id, project, FilmOptions(480, music=True, transition="cut", title=True))

    assert view.options == PLAIN
    assert (await shop.films.offer(alice.id, project)).options == FilmOptions(720, False, "cut", False)


@ON_SQLITE
async def test_what_ended_without_a_film_is_made_anew(shop: Shop, alice: User, project: int) -> None:
    first = await shop.films.order(alice.id, project, PLAIN)
    await shop.cancel.film(alice.id, first.film.id)

    second = await shop.films.order(alice.id, project, PLAIN)

    assert (second.film.number, second.work.live) == (2, True)


async def test_only_so_many_are_made_within_a_day_though_all_are_ordered_at_once(
    db: Database, shop: Shop, alice: User, project: int
) -> None:
    few = Films(db, shop.store, shop.woken, DailyQuota(values(films_a_day=4)), states.DEADLINE_SECONDS, values())
    wishes = [replace(PLAIN, height=height, transition=how) for height in HEIGHTS for how in ("cut", "fade")]

    said = await asyncio.gather(*(few.order(alice.id, project, wish) for wish in wishes), return_exceptions=True)

    assert sum(isinstance(one, EnoughFilms) for one in said) == 2
    assert await rows(db, "SELECT count(*) FROM films") == [(4,)]


@ON_SQLITE
async def test_yesterday_s_and_failed_ones_are_not_counted(db: Database, shop: Shop, alice: User, project: int) -> None:
    one_a_day = Films(db, shop.store, shop.woken, DailyQuota(values(films_a_day=1)), states.DEADLINE_SECONDS, values())
    await one_a_day.order(alice.id, project, PLAIN)
    with pytest.raises(EnoughFilms):
        await one_a_day.order(alice.id, project, replace(PLAIN, height=720))

    await execute(db, "UPDATE films SET created_at = '2026-01-01 00:00:00.000000'")
    await one_a_day.order(alice.id, project, replace(PLAIN, height=720))
    while (claim := await shop.queue.claim_next("worker")) is not None:
        await shop.outcomes.fail(claim.job, claim.fence, FailureReason.INTERNAL)
    assert (await one_a_day.order(alice.id, project, PLAIN)).work.live


@ON_SQLITE
async def test_without_a_quota_nothing_is_counted(db: Database, shop: Shop, alice: User, project: int) -> None:
    free = Films(db, shop.store, shop.woken, DailyQuota(values(films_a_day=0)), states.DEADLINE_SECONDS, values())
    for height in (480, 720, 1080):
        await free.order(alice.id, project, replace(PLAIN, height=height))

    assert await rows(db, "SELECT count(*) FROM films") == [(3,)]


@ON_SQLITE
async def test_of_nothing_no_film_is_made(db: Database, shop: Shop, alice: User, project: int) -> None:
    empty = await shop.projects.start(alice.id)
    with pytest.raises(NothingToJoin):
        await shop.films.order(alice.id, empty.id, PLAIN)
    await execute(db, "UPDATE takes SET seconds = :much", much=LONGEST_SECONDS)
    with pytest.raises(FilmTooLong):
        await shop.films.order(alice.id, project, PLAIN)
    await execute(db, "UPDATE takes SET seconds = 5, erased_at = '2026-01-01 00:00:00.000000'")
    with pytest.raises(NothingToJoin):
        await shop.films.order(alice.id, project, PLAIN)
    await execute(db, "UPDATE projects SET deleted_at = '2026-01-01 00:00:00.000000'")
    with pytest.raises(NotYours):
        await shop.films.order(alice.id, project, PLAIN)
    assert await rows(db, "SELECT count(*) FROM films") == [(0,)]
    await execute(db, "UPDATE takes SET erased_at = NULL")  # nothing is ever erased before its project: see the auditor


@pytest.mark.parametrize(("height", "transition"), [(0, "cut"), (4320, "cut"), (720, "wipe")])
def test_what_is_not_on_offer_cannot_be_wished_for(height: int, transition: str) -> None:
    with pytest.raises(ChoiceNotOffered):
        FilmOptions(height, music=False, transition=transition, title=False)


@ON_SQLITE
async def test_a_completed_project_is_what_films_are_made_of(shop: Shop, alice: User, project: int) -> None:
    await shop.projects.complete(alice.id, project)

    assert (await shop.films.order(alice.id, project, PLAIN)).work.live


@ON_SQLITE
async def test_cancelled_before_it_began_it_is_over_at_once_and_only_once(
    db: Database, shop: Shop, alice: User, project: int
) -> None:
    film = (await shop.films.order(alice.id, project, PLAIN)).film
    assert await shop.films.in_the_making(alice.id) == [film.id]

    await shop.cancel.film(alice.id, film.id)

    assert (await shop.job(film.job_id)).state == "cancelled"
    assert await shop.films.in_the_making(alice.id) == []
    with pytest.raises(AlreadyDone):
        await shop.cancel.film(alice.id, film.id)
    assert await rows(db, "SELECT kind FROM outbox WHERE kind LIKE 'film%'") == [("film_cancelled",)]
    await audit(db)


@ON_SQLITE
async def test_the_time_that_is_left_is_told_from_how_it_has_gone(
    db: Database, shop: Shop, alice: User, project: int
) -> None:
    film = (await shop.films.order(alice.id, project, PLAIN)).film
    await shop.claim()
    await execute(db, "UPDATE jobs SET state = 'running', progress = 0.1 WHERE kind = 'film'")
    assert (await shop.films.view(alice.id, film.id)).work.seconds_left is None
    await execute(
        db,
        "UPDATE jobs SET progress = 0.25, started_at = strftime('%Y-%m-%d %H:%M:%f000', 'now', '-30 seconds')"
        " WHERE kind = 'film'",
    )

    left = (await shop.films.view(alice.id, film.id)).work.seconds_left

    assert left is not None
    assert 85 < left < 110
