"""Music is fitted before a film is asked for, and again when the film has changed; the film only copies it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services import music_files
from services.films.options import FilmOptions
from services.fitting import Fitting
from services.soundtracks import Recording
from storage.tables import User
from tests.media.music.recordings import wav_of_a_tone
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.films import Joinery, film_of, project_of


@pytest.fixture
def fitting(shop: Shop) -> Fitting:
    return Fitting(shop.db, shop.soundtracks)


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The lengths that were encoded, one after the other; how that is done is shown elsewhere."""
    lengths: list[float] = []

    async def fit(source: Path, into: Path, *, seconds: float, **how: object) -> None:
        lengths.append(seconds)
        into.write_bytes(source.read_bytes())

    monkeypatch.setattr(music_files, "fit", fit)
    return lengths


@pytest.fixture
async def project(shop: Shop, alice: User) -> int:
    """Alice's, with two clips of five seconds and music."""
    made = await project_of(shop, alice)
    await shop.soundtracks.send(alice.id, made, Recording(wav_of_a_tone(1.0), "Our song"))
    return made


async def test_music_that_was_chosen_is_encoded_before_a_film_is_ordered_and_only_then(
    shop: Shop, alice: User, project: int, fitting: Fitting, fitted: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await fitting.round()
    assert fitted == [10.0]

    joinery = Joinery()
    monkeypatch.setattr("media.film.join", joinery.join)
    await film_of(shop, alice, project, FilmOptions(480, music=True, transition="cut", title=False))

    assert joinery.joined[0]["music"] is not None
    assert fitted == [10.0]


Change = Callable[[Shop, User, int], Awaitable[object]]


async def _take_out(shop: Shop, alice: User, project: int) -> object:
    clips = (await shop.projects.view(alice.id, project)).clips
    return await shop.editing.remove(alice.id, project, clips[0].clip.draft_id)


async def _approve(shop: Shop, alice: User, project: int) -> object:
    return await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)


CHANGES: dict[str, tuple[Change, float]] = {
    "a clip more": (_approve, 15.0),
    "a clip less": (_take_out, 5.0),
    "a title": (lambda shop, who, its: shop.projects.rename(who.id, its, "Summer"), 12.5),
    "clips that overlap": (lambda shop, who, its: shop.projects.choose_transition(who.id, its, "cross"), 9.5),
    "music that is softer": (lambda shop, who, its: shop.soundtracks.loud(who.id, its, 50), 10.0),
}


@ON_SQLITE
@pytest.mark.parametrize("change", CHANGES)
async def test_a_film_that_is_another_one_has_its_music_fitted_again(
    shop: Shop, alice: User, project: int, fitting: Fitting, fitted: list[float], change: str
) -> None:
    await fitting.round()
    do, seconds = CHANGES[change]

    await do(shop, alice, project)
    await fitting.round()

    assert fitted == [10.0, seconds]


@ON_SQLITE
async def test_what_leaves_the_film_as_long_as_it_was_encodes_nothing(
    shop: Shop, alice: User, project: int, fitting: Fitting, fitted: list[float]
) -> None:
    await fitting.round()
    first = (await shop.projects.view(alice.id, project)).clips[0].clip.draft_id

    await shop.editing.move(alice.id, project, first, seen=1, to=2)
    await shop.soundtracks.loud(alice.id, project, 100)  # as it is already
    await fitting.round()

    assert fitted == [10.0]


@ON_SQLITE
async def test_a_change_while_it_is_fitted_is_fitted_in_the_next_round(
    shop: Shop, alice: User, project: int, fitting: Fitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[float] = []

    async def fit(source: Path, into: Path, *, seconds: float, **how: object) -> None:
        if not lengths:
            await _take_out(shop, alice, project)
        lengths.append(seconds)
        into.write_bytes(b"music")

    monkeypatch.setattr(music_files, "fit", fit)
    for _ in range(3):
        await fitting.round()

    assert lengths == [10.0, 5.0]


@ON_SQLITE
async def test_what_cannot_be_fitted_is_tried_once_and_keeps_nobody_waiting(
    shop: Shop, alice: User, bob: User, project: int, fitting: Fitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[float] = []

    async def fit(source: Path, into: Path, *, seconds: float, **how: object) -> None:
        lengths.append(seconds)
        if seconds == 10.0:
            raise ValueError("cannot be had")
        into.write_bytes(b"music")

    monkeypatch.setattr(music_files, "fit", fit)
    his = await project_of(shop, bob, clips=1)
    await shop.soundtracks.send(bob.id, his, Recording(wav_of_a_tone(1.0, hertz=330.0), "His song"))

    with pytest.raises(ValueError, match="cannot"):
        await fitting.round()
    for _ in range(2):
        await fitting.round()

    assert lengths == [10.0, 5.0]


@ON_SQLITE
@pytest.mark.parametrize("gone", ["DELETE FROM clips", "UPDATE projects SET deleted_at = created_at"])
async def test_where_there_is_no_film_nothing_is_fitted(
    shop: Shop, project: int, fitting: Fitting, fitted: list[float], gone: str
) -> None:
    await execute(shop.db, gone)
    await fitting.round()
    assert fitted == []
    assert await rows(shop.db, "SELECT fitted_for FROM soundtracks") == [(None,)]
