from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest

from media.film import join
from media.film.stoppable import Stop, Stopped, in_thread
from tests.media.film.footage import Shelf, codes, expected, numbered


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    return [numbered(tmp_path / f"{number}.mp4", number) for number in (1, 2, 3)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go, and should be gone from."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "temporary"


class Told(Shelf):
    """Lets somebody wait until a part was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.first = asyncio.Event()

    async def keep(self, digest: str, part: Path) -> None:
        await super().keep(digest, part)
        self.first.set()


async def test_a_film_given_up_leaves_nothing_behind_but_its_parts(
    clips: list[Path], tmp_path: Path, folder: Path
) -> None:
    film, shelf = tmp_path / "film.mp4", Told()

    async def make() -> None:
        await join(clips, film, height=72, transition="cross", title=None, music=None, parts=shelf)

    making = asyncio.create_task(make())
    await shelf.first.wait()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    assert list(folder.iterdir()) == []
    assert not film.exists()

    before = shelf.kept
    await make()
    assert shelf.kept < before + 5  # three bodies and two seams, of which some were there
    assert codes(film)[:16] == expected(1, 16)


async def test_progress_goes_from_nought_to_one_and_never_back(clips: list[Path], tmp_path: Path) -> None:
    told: list[float] = []
    film = tmp_path / "film.mp4"
    shelf = Shelf()
    for _ in range(2):
        told.clear()
        await join(
            *(clips, film), height=72, transition="fade", title="x", music=None, parts=shelf, on_progress=told.append
        )
        assert told == sorted(told)
        assert told[-1] == 1.0
        assert told[0] >= 0


async def test_work_in_a_thread_has_ended_when_its_caller_goes_on() -> None:
    began, ended = asyncio.Event(), []
    loop = asyncio.get_running_loop()

    def work(stop: Stop) -> None:
        loop.call_soon_threadsafe(began.set)
        try:
            while True:
                stop.check()
        except Stopped:
            ended.append(True)
            raise

    working = asyncio.create_task(in_thread(work))
    await began.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert ended == [True]
