"""A fitted track plays exactly as long as its film, from the right moment on, and is in step to the end."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from media.music import fit
from media.music.encoding import RATE, samples_of
from tests.media.music.recordings import (
    clicks,
    copied_under_pictures,
    heard,
    level,
    moment_of_click,
    save_m4a,
    tone,
)

STEP = 0.002
"""Seconds by which a click may be heard elsewhere than it is: two, of the forty that anybody would notice."""


@pytest.mark.parametrize("seconds", [0.5, 7.3, 12.0])
async def test_it_plays_exactly_as_long_as_the_film(tmp_path: Path, seconds: float) -> None:
    track = await save_m4a(tmp_path / "track.m4a", tone(5.01))

    await fit(track, tmp_path / "fitted.m4a", seconds=seconds)

    assert samples_of(tmp_path / "fitted.m4a") == round(seconds * RATE)
    assert len(await heard(tmp_path / "fitted.m4a")) == round(seconds * RATE)


async def test_it_begins_where_it_is_told_to_and_turns_without_losing_a_moment(tmp_path: Path) -> None:
    track = await save_m4a(tmp_path / "track.m4a", clicks(4.003, 0.5, 2.5))

    await fit(track, tmp_path / "fitted.m4a", seconds=60.0, start_s=2.0)

    sound = await heard(tmp_path / "fitted.m4a")
    for turn in range(14):
        for click in (0.5, 2.5):
            about = click - 2.0 + 4.003 * turn
            if about > 0:
                assert moment_of_click(sound, about) == pytest.approx(about, abs=STEP)


async def test_its_packets_under_a_film_of_a_minute_are_in_step_at_both_ends(tmp_path: Path) -> None:
    track = await save_m4a(tmp_path / "track.m4a", clicks(10.0, 0.3, 9.5))
    await fit(track, tmp_path / "fitted.m4a", seconds=60.0)

    film = copied_under_pictures(tmp_path / "fitted.m4a", tmp_path / "film.mp4", seconds=60.0)

    sound = await heard(film)
    assert moment_of_click(sound, 0.3) == pytest.approx(0.3, abs=STEP)
    assert moment_of_click(sound, 59.5) == pytest.approx(59.5, abs=STEP)


async def test_its_first_sample_is_at_nought(tmp_path: Path) -> None:
    track = await save_m4a(tmp_path / "track.m4a", tone(3.0))

    await fit(track, tmp_path / "fitted.m4a", seconds=2.0, start_s=0.7)

    with av.open(tmp_path / "fitted.m4a") as container:
        assert container.streams.audio[0].start_time == 0
        shown = [packet.pts for packet in container.demux(audio=0) if packet.pts is not None]
    assert (shown[0], shown[1]) == (-1024, 0)


async def test_a_track_that_does_not_loop_fades_out_at_its_own_end(tmp_path: Path) -> None:
    track = await save_m4a(tmp_path / "track.m4a", tone(4.0))

    await fit(track, tmp_path / "fitted.m4a", seconds=8.0, start_s=1.0, fade_out_s=1.0, loops=False)

    sound = await heard(tmp_path / "fitted.m4a")
    assert len(sound) == 8 * RATE
    assert level(sound, 1.0, 2.0) > 0.2
    assert level(sound, 2.9, 3.0) < 0.03
    assert level(sound, 3.1, 8.0) < 0.0001


async def test_fades_and_volume(tmp_path: Path) -> None:
    track = await save_m4a(tmp_path / "track.m4a", tone(4.0))

    await fit(track, tmp_path / "fitted.m4a", seconds=10.0, fade_in_s=2.0, fade_out_s=2.0, volume=50)

    sound, whole = await heard(tmp_path / "fitted.m4a"), 0.3 / np.sqrt(2)
    assert level(sound, 4.0, 6.0) == pytest.approx(whole / 2, rel=0.03)
    assert level(sound, 0.9, 1.1) == pytest.approx(whole / 4, rel=0.1)
    assert level(sound, 8.9, 9.1) == pytest.approx(whole / 4, rel=0.1)
    assert level(sound, 0.0, 0.05) < 0.01
    assert level(sound, 9.95, 10.0) < 0.01


async def test_fades_longer_than_the_film_share_it(tmp_path: Path) -> None:
    track = await save_m4a(tmp_path / "track.m4a", tone(4.0))

    await fit(track, tmp_path / "fitted.m4a", seconds=2.0, fade_in_s=5.0, fade_out_s=5.0)

    sound = await heard(tmp_path / "fitted.m4a")
    assert level(sound, 0.95, 1.05) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)
    assert max(level(sound, 0.0, 0.05), level(sound, 1.95, 2.0)) < 0.02


@pytest.mark.parametrize(("seconds", "start_s"), [(0.0, 0.0), (-1.0, 0.0), (5.0, 4.0), (5.0, -0.5)])
async def test_what_cannot_be_played_is_no_track(tmp_path: Path, seconds: float, start_s: float) -> None:
    track = await save_m4a(tmp_path / "track.m4a", tone(4.0))

    with pytest.raises(ValueError, match="cannot be had"):
        await fit(track, tmp_path / "fitted.m4a", seconds=seconds, start_s=start_s)
