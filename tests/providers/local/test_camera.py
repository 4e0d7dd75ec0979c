from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from providers.local.camera import Camera, Places
from providers.local.moves import MOVES, eased
from providers.local.picture import Plane, load
from providers.local.prompt import Plan
from tests.media.photographs import encoded, photograph

FRAME = (320, 180)
PICTURE = load(encoded(photograph()), (480, 270)).y
MIDDLE = np.array([[159.5], [89.5]])


def camera(*moves: str, strength: float = 1.0, seed: int = 1, picture: Plane = PICTURE) -> Camera:
    return Camera(Plan(moves, frozenset(), strength, seed), picture, frame=FRAME, seconds=5)


def everywhere(frame: tuple[int, int], step: int = 20) -> Places:
    across, down = np.meshgrid(np.linspace(0, frame[0] - 1, step), np.linspace(0, frame[1] - 1, step))
    return np.array([across.ravel(), down.ravel()])


def width_seen(path: Camera, time: float) -> float:
    """Pixels of the picture across the middle of the frame."""
    left, right = path.sources(np.array([[0.0, 319.0], [89.5, 89.5]]), time).T
    return float(np.linalg.norm(right - left))


@settings(max_examples=60)
@given(
    moves=st.lists(st.sampled_from(sorted(MOVES)), min_size=1, max_size=3, unique=True),
    strength=st.floats(0.5, 1.8),
    seed=st.integers(0, 2**63),
    shape=st.sampled_from([(480, 270), (480, 338), (600, 270), (482, 272)]),
)
def test_no_move_ever_shows_what_is_beyond_the_picture(
    moves: list[str], strength: float, seed: int, shape: tuple[int, int]
) -> None:
    picture = np.asarray(np.random.default_rng(seed).integers(16, 236, (shape[1], shape[0])), np.uint8)
    path = camera(*moves, strength=strength, seed=seed, picture=picture)

    for time in np.linspace(0, 1, 25):
        x, y = path.sources(everywhere(FRAME), float(time))
        assert x.min() >= -0.5
        assert y.min() >= -0.5
        assert x.max() <= shape[0] - 0.5
        assert y.max() <= shape[1] - 0.5


@settings(max_examples=40)
@given(
    moves=st.lists(st.sampled_from(sorted(MOVES)), min_size=1, max_size=3, unique=True),
    strength=st.floats(0.5, 1.8),
    seed=st.integers(0, 2**63),
)
def test_the_relief_never_folds_the_picture_over_itself(moves: list[str], strength: float, seed: int) -> None:
    path = camera(*moves, strength=strength, seed=seed)

    for time in (0.0, 0.3, 0.7, 1.0):
        x, y = path.sources(everywhere(FRAME), time).reshape(2, 20, 20)
        assert np.diff(x, axis=1).min() > 0
        assert np.diff(y, axis=0).min() > 0


def test_at_rest_the_photo_is_seen_as_it_is() -> None:
    still = camera()
    seen = still.sources(everywhere(FRAME), 0.5) - still.sources(MIDDLE, 0.5)

    scale = seen / (everywhere(FRAME) - MIDDLE)
    assert scale.min() == pytest.approx(scale.max(), rel=1e-6)
    assert width_seen(still, 0.5) / 480 > 0.98


def test_zooming_in_sees_less_and_less_and_out_more_and_more() -> None:
    inward = [width_seen(camera("zoom_in"), time) for time in np.linspace(0, 1, 9)]
    outward = [width_seen(camera("zoom_out"), time) for time in np.linspace(0, 1, 9)]

    assert inward == sorted(inward, reverse=True)
    assert outward == sorted(outward)
    assert inward[-1] / inward[0] < 0.85


@pytest.mark.parametrize(
    ("move", "axis", "sign"), [("pan_left", 0, -1), ("pan_right", 0, 1), ("pan_up", 1, -1), ("pan_down", 1, 1)]
)
def test_a_pan_goes_the_way_it_is_called(move: str, axis: int, sign: int) -> None:
    path = camera(move)
    way = (path.sources(MIDDLE, 1.0) - path.sources(MIDDLE, 0.0))[axis, 0]

    assert way * sign > 20


def test_what_is_near_passes_what_is_far() -> None:
    """A busy spot on plain ground counts as near; in a pan it goes farther than the ground beside it."""
    plain = np.full((270, 480), 100, np.uint8)
    plain[100:170, 200:280] = np.random.default_rng(1).integers(16, 236, (70, 80))
    path = camera("pan_right", picture=plain)

    way = path.sources(np.array([[159.5, 8.0], [89.5, 20.0]]), 1.0) - path.sources(
        np.array([[159.5, 8.0], [89.5, 20.0]]), 0.0
    )

    assert abs(way[0, 0] - way[0, 1]) > 1


@pytest.mark.parametrize("move", sorted(MOVES))
def test_every_move_is_seen_and_starts_stops_and_goes_without_a_jerk(move: str) -> None:
    path = camera(move)
    places = everywhere(FRAME, 5)
    way = np.array([path.sources(places, number / 119) for number in range(120)])
    speed = np.diff(way, axis=0)

    assert np.abs(way.max(axis=0) - way.min(axis=0)).max() > 3
    # Pixels a frame by which the pace changes from one frame to the next; a hand does tremble a little.
    assert np.abs(np.diff(speed, axis=0)).max() < (0.4 if move == "handheld" else 0.1)


@given(time=st.floats(0, 1))
def test_easing_is_even_on_both_ends(time: float) -> None:
    assert eased(time) == pytest.approx(1 - eased(1 - time))
    assert 0 <= eased(time) <= 1


def test_one_plan_is_one_path_and_another_seed_another() -> None:
    def path(seed: int) -> NDArray[np.float64]:
        return camera("orbit", "handheld", seed=seed).sources(everywhere(FRAME), 0.8)

    assert np.array_equal(path(4), path(4))
    assert np.abs(path(4) - path(5)).max() > 1
