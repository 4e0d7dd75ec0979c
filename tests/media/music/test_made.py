"""Our tracks are composed in a process of their own and kept as all music is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from media.music import made
from media.music.encoding import RATE, samples_of
from media.music.made import NotComposed, make
from tests.media.music.recordings import heard, level


async def test_a_track_is_made(tmp_path: Path) -> None:
    await make("bright", 32, tmp_path / "bright.m4a")

    assert samples_of(tmp_path / "bright.m4a") == 32 * RATE
    assert level(await heard(tmp_path / "bright.m4a"), 0.0, 32.0) > 0.05


async def test_what_cannot_be_composed_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotComposed, match="there is no bright track of 33 s"):
        await make("bright", 33, tmp_path / "bright.m4a")


async def test_composing_ends_with_who_asked_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "_COMPOSING_SECONDS", 0.01)

    with pytest.raises(NotComposed, match="within"):
        await make("bright", 32, tmp_path / "bright.m4a")

    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not (tmp_path / "bright.m4a").exists()
