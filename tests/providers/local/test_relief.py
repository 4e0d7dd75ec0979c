from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.local.picture import load
from providers.local.relief import nearness, relief
from tests.media.photographs import encoded, photograph


@pytest.mark.parametrize("name", ["rocket.jpg", "astronaut.png", "chelsea.png"])
def test_the_subject_is_nearer_than_the_sky(name: str) -> None:
    found = relief(load(encoded(photograph(name)), (960, 540)).y)
    height, width = found.shape

    assert found[int(height * 0.6), width // 2] > 0.5
    assert found[0, 0] < 0.6
    assert found[0, 0] < found[int(height * 0.6), width // 2]


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), width=st.integers(40, 400), height=st.integers(40, 400))
def test_it_is_soft_and_between_0_and_1_for_any_picture(seed: int, width: int, height: int) -> None:
    found = relief(np.asarray(np.random.default_rng(seed).integers(0, 256, (height, width)), np.uint8))

    assert found.min() >= -0.02
    assert found.max() <= 1.02
    assert np.abs(np.diff(found, axis=1)).max() * found.shape[1] < 8  # of nearness a picture's width


def test_a_picture_without_anything_in_it_has_a_relief_too() -> None:
    assert np.isfinite(relief(np.full((270, 480), 128, np.uint8))).all()


def test_beyond_the_edge_it_is_as_at_the_edge() -> None:
    depths = np.linspace(0, 1, 100, dtype=np.float32).reshape(1, -1).repeat(50, axis=0)
    places = np.array([-50.0, 0.0, 200.0, 399.0, 900.0])

    found = nearness(depths, (400, 200), places, np.full(5, 100.0))

    assert found.ravel() == pytest.approx([0, 0, 0.5, 1, 1], abs=0.01)
