from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.local.overlays import Overlays
from providers.local.picture import Picture
from providers.local.prompt import OVERLAYS, Plan

SIZE = (320, 180)
ADDING_LIGHT = ["snow", "dust", "sparkles", "light_leak"]


def frame(y: int = 90, u: int = 128, v: int = 128) -> Picture:
    half = (SIZE[1] // 2, SIZE[0] // 2)
    return Picture(np.full((SIZE[1], SIZE[0]), y, np.uint8), np.full(half, u, np.uint8), np.full(half, v, np.uint8))


def drawn(names: set[str], time: float = 0.5, *, on: Picture | None = None, seed: int = 1) -> Picture:
    found = on or frame()
    overlays = Overlays(Plan((), frozenset(names), 1.0, seed), size=SIZE, seconds=5)
    overlays.draw(found, time)
    return found


@pytest.mark.parametrize("name", sorted(OVERLAYS))
def test_every_overlay_can_be_seen_moves_and_is_the_same_for_the_same_seed(name: str) -> None:
    one, again, later, other = (
        drawn({name}, 0.02),
        drawn({name}, 0.02),
        drawn({name}, 0.5),
        drawn({name}, 0.02, seed=2),
    )

    assert np.abs(one.y.astype(int) - 90).max() > 8
    assert np.array_equal(one.y, again.y)
    if name != "vignette":  # which stands still
        assert not np.array_equal(one.y, later.y)
    if name not in {"vignette", "fade"}:
        assert not np.array_equal(one.y, other.y)


@settings(max_examples=25)
@given(
    names=st.sets(st.sampled_from(sorted(OVERLAYS)), min_size=1),
    level=st.sampled_from([16, 128, 235]),
    time=st.floats(0, 1),
)
def test_light_never_wraps_into_dark_nor_dark_into_light(names: set[str], level: int, time: float) -> None:
    """All planes are bytes: 235 + 30 must not become 9."""
    found = drawn(names, time, on=frame(level)).y.astype(int)

    if level == 235 and not names & {"fade", "vignette", "rain"}:
        assert found.min() > 190
    if level == 16 and names <= {"fade", "vignette", "grain"}:
        assert found.max() < 60


@pytest.mark.parametrize("name", ADDING_LIGHT)
@pytest.mark.parametrize("level", [16, 100, 235])
def test_light_only_ever_adds_and_stops_at_white(name: str, level: int) -> None:
    found = drawn({name}, 0.5, on=frame(level)).y

    assert found.min() >= level
    assert found.max() <= 235


def test_flakes_before_a_red_wall_are_white() -> None:
    red = drawn({"snow"}, on=frame(63, 102, 240))
    largest = np.unravel_index(int(red.y.argmax()), red.y.shape)

    assert red.y[largest] > 180
    assert red.v[largest[0] // 2, largest[1] // 2] < 190


def test_a_light_leak_is_warm_and_comes_from_one_side() -> None:
    found = drawn({"light_leak"})
    sides = found.v[:, :20].mean(), found.v[:, -20:].mean()

    assert max(sides) > min(sides) + 10
    assert found.v.mean() > 130
    assert found.u.mean() < 126


def test_rain_darkens_and_cools() -> None:
    found = drawn({"rain"}, on=frame(150, 110, 150))

    assert np.median(found.y[:60]) < 140
    assert found.v.mean() < 148
    assert found.u.mean() > 112


def test_a_vignette_leaves_the_middle_alone_and_darkens_the_corners() -> None:
    found = drawn({"vignette"}).y

    assert abs(int(found[90, 160]) - 90) <= 1
    assert found[0, 0] < 60


def test_a_fade_comes_from_black_and_goes_to_it() -> None:
    assert drawn({"fade"}, 0.0).y.max() < 22
    assert drawn({"fade"}, 1.0).y.max() < 22
    assert (drawn({"fade"}, 0.5).y == 90).all()
    assert drawn({"fade"}, 0.0, on=frame(90, 60, 200)).v.max() < 134


def test_grain_leaves_the_brightness_as_it_was() -> None:
    found = drawn({"grain"}).y.astype(float)

    assert found.mean() == pytest.approx(90, abs=1)
    assert 2 < found.std() < 10


def test_without_overlays_the_picture_is_untouched() -> None:
    assert (drawn(set()).y == 90).all()
