from __future__ import annotations

import numpy as np
import pytest

from providers.local.particles import Drift, Layers, disc, dot, scattered, star, streak

SIZE = (160, 90)


def tile(count: int = 40) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return scattered(SIZE, count, lambda: dot(2.0), np.random.default_rng(1))


def test_particles_fall_by_their_speed() -> None:
    """A fifth of the height a second is 18 of 90 rows; rows that leave below come in again above."""
    layers = Layers([Drift(tile(), x=0.0, y=0.2)], SIZE)

    assert np.array_equal(layers.veil(1.0), np.roll(layers.veil(0.0), 18, axis=0))


def test_between_two_pixels_they_are_in_both() -> None:
    layers = Layers([Drift(tile(), x=0.0, y=1 / 180)], SIZE)
    here, there = layers.veil(0.0).astype(float), np.roll(layers.veil(0.0), 1, axis=0).astype(float)

    assert np.abs(layers.veil(1.0) - (here + there) / 2).max() <= 1


def test_there_is_no_seam_and_never_an_empty_frame() -> None:
    layers = Layers([Drift(tile(200), x=0.31, y=0.77, sway=0.1, phase=1.0)], SIZE)
    covered = [layers.veil(second).mean() for second in np.linspace(0, 10, 41)]

    assert max(covered) < min(covered) * 1.1


def test_the_nearest_particle_covers_the_others() -> None:
    bright, dim = np.full((90, 160), 200, np.uint8), np.full((90, 160), 50, np.uint8)

    assert (Layers([Drift(dim, 0, 0), Drift(bright, 0, 0)], SIZE).veil(0.3) == 200).all()


@pytest.mark.parametrize("sprite", [dot(1.0), dot(7.5), disc(2.0), disc(20.0), streak(30, 0.1, 0.8), streak(9, 0.3, 2)])
def test_every_particle_ends_softly_inside_its_sprite(
    sprite: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    edge = np.concatenate([sprite[0], sprite[-1], sprite[:, 0], sprite[:, -1]])

    assert sprite.max() > 0.8
    assert sprite.min() >= 0
    assert sprite.max() <= 1
    assert edge.max() < 0.03


def test_a_star_has_four_equal_rays() -> None:
    shape = star(20).astype(int)

    assert shape.shape == (41, 41)
    assert shape[20, 20] == shape.max() > 240
    assert np.array_equal(shape, np.rot90(shape))
    assert shape[20, 30] > 4 * shape[28, 28]


def test_a_sprite_larger_than_the_tile_is_cut_to_it() -> None:
    assert scattered((16, 16), 3, lambda: disc(40.0), np.random.default_rng(1)).shape == (16, 16)
