from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from providers.local.picture import SPARE, load
from tests.media.photographs import encoded, photograph


@pytest.mark.parametrize(
    ("colour", "y", "u", "v"),
    [
        ("black", 16, 128, 128), ("white", 235, 128, 128), ("#ff0000", 63, 102, 240), ("#00ff00", 173, 42, 26),
        ("#0000ff", 32, 240, 118),
    ],
)  # fmt: skip
def test_colours_are_those_of_bt709_in_limited_range(colour: str, y: int, u: int, v: int) -> None:
    """Against the values of ITU-R BT.709 for the corners of the colour cube; JPEG itself is off by a level or two."""
    picture = load(encoded(Image.new("RGB", (300, 200), colour), quality=100), (60, 40))

    assert (picture.y.mean(), picture.u.mean(), picture.v.mean()) == pytest.approx((y, u, v), abs=2)


@given(
    width=st.integers(200, 900),
    height=st.integers(200, 900),
    size=st.sampled_from([(320, 180), (180, 320), (180, 180)]),
)
def test_whatever_the_photo_it_fills_the_frame_with_some_to_spare_but_not_too_much(
    width: int, height: int, size: tuple[int, int]
) -> None:
    picture = load(encoded(Image.new("RGB", (width, height), "white")), size)

    found = (picture.y.shape[1], picture.y.shape[0])
    assert picture.u.shape == picture.v.shape == (found[1] // 2, found[0] // 2)
    assert picture.y.flags.c_contiguous
    assert found[0] >= size[0]
    assert found[1] >= size[1]
    assert min(found[0] / size[0], found[1] / size[1]) < 1.02
    assert max(found[0] / size[0], found[1] / size[1]) < SPARE * 1.02


def test_of_a_tall_photo_the_upper_third_is_seen() -> None:
    tall = Image.new("RGB", (300, 900), "black")
    tall.paste("white", (0, 100, 300, 340))

    assert load(encoded(tall), (320, 180)).y.min() > 200


def test_of_a_wide_photo_the_middle_is_seen() -> None:
    wide = Image.new("RGB", (900, 300), "black")
    wide.paste("white", (400, 0, 500, 300))

    y = load(encoded(wide), (180, 180)).y

    assert y[90, y.shape[1] // 2] > 200
    assert abs(float(y[:, : y.shape[1] // 2].mean()) - float(y[:, y.shape[1] // 2 :].mean())) < 4


def test_it_keeps_what_can_be_seen_of_the_photo() -> None:
    y = load(encoded(photograph()), (600, 338)).y
    grey = np.asarray(photograph().convert("L").resize((600, 400)), np.float32)

    found = cv2.matchTemplate(grey, y[20:-20].astype(np.float32), cv2.TM_CCOEFF_NORMED)

    assert found.max() > 0.97


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xd8\xff\xe0", encoded(photograph())[:300]])
def test_what_cannot_be_decoded_is_said_to_be_so(data: bytes) -> None:
    with pytest.raises(ValueError, match="decoded"):
        load(data, (320, 180))
