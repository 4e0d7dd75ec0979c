from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.local.picture import Picture
from providers.local.warp import Warp


def empty(size: tuple[int, int]) -> Picture:
    width, height = size
    half = (height // 2, width // 2)
    return Picture(np.zeros((height, width), np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8))


def slope(width: int, height: int) -> Picture:
    """Brightness grows to the right, one colour downwards: a value tells the place it comes from."""
    across, _ = np.meshgrid(np.arange(width), np.arange(height))
    small_x, small_y = np.meshgrid(np.arange(width // 2) * 2 + 0.5, np.arange(height // 2) * 2 + 0.5)
    return Picture(
        (across * 0.4).round().astype(np.uint8),
        (small_x * 0.4).round().astype(np.uint8),
        (small_y * 0.4).round().astype(np.uint8),
    )


@given(
    scale=st.floats(0.8, 1.6),
    left=st.floats(10, 60),
    top=st.floats(10, 60),
    size=st.sampled_from([(320, 180), (180, 320), (200, 200), (256, 144)]),
)
def test_every_pixel_of_every_plane_comes_from_where_it_should(
    scale: float, left: float, top: float, size: tuple[int, int]
) -> None:
    target = empty(size)
    offset = np.array([[left], [top]])
    Warp(size).draw(slope(600, 600), target, lambda places: places * scale + offset)

    across = np.arange(size[0])
    assert np.abs(target.y - (across * scale + left) * 0.4).max() < 1.3
    small_x, small_y = np.meshgrid(np.arange(size[0] // 2) * 2 + 0.5, np.arange(size[1] // 2) * 2 + 0.5)
    assert np.abs(target.u - (small_x * scale + left) * 0.4).max() < 1.3
    assert np.abs(target.v - (small_y * scale + top) * 0.4).max() < 1.3


def test_a_bend_between_the_computed_places_is_followed() -> None:
    """As of a lens: what is spread in straight lines is off by less than a level of brightness."""
    target = empty((320, 180))

    def bent(
        places: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.asarray(places * (1 + places[:1] * 2e-4) + 20)

    Warp((320, 180)).draw(slope(600, 600), target, bent)

    across = np.arange(320)
    assert np.abs(target.y[90] - (across * (1 + across * 2e-4) + 20) * 0.4).max() < 1.3


def test_beyond_the_picture_there_is_never_black() -> None:
    light = Picture(*(np.full(shape, 200, np.uint8) for shape in ((300, 300), (150, 150), (150, 150))))
    target = empty((320, 180))

    Warp((320, 180)).draw(light, target, lambda places: places * 1.1 - 15)

    assert target.y.min() == 200
    assert target.u.min() == 200


@pytest.mark.parametrize("shift", [0.25, 0.5, 0.75])
def test_a_quarter_of_a_pixel_counts(shift: float) -> None:
    edge = slope(600, 600)
    edge.y[:] = 0
    edge.y[:, 300:] = 200
    target = empty((320, 180))

    Warp((320, 180)).draw(edge, target, lambda places: places + np.array([[199 + shift], [50.0]]))

    assert target.y[90, 100] == pytest.approx(200 * shift, abs=4)
