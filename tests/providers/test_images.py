from __future__ import annotations

import io
import random

from PIL import Image

from providers.images import data_uri, data_uri_room, fitted
from tests.support.photographs import jpeg


def noise(side: int) -> bytes:
    """A JPEG that hardly compresses."""
    picture = Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


def size(photo: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(photo)) as image:
        assert image.format == "JPEG"
        return image.size


def test_what_fits_stays_as_it_is() -> None:
    photo = jpeg()
    assert fitted(photo, len(photo)) is photo
    assert fitted(photo, len(photo), most_side=max(size(photo))) is photo


def test_what_is_too_large_is_made_to_fit_in_the_same_shape() -> None:
    photo = noise(1200)
    small = fitted(photo, 400_000)
    assert small is not None
    assert len(small) <= 400_000
    width, height = size(small)
    assert width == height < 1200


def test_weaker_compression_is_tried_before_fewer_pixels() -> None:
    photo = noise(600)
    small = fitted(photo, len(photo) - 1)
    assert small is not None
    assert size(small) == (600, 600)


def test_the_longer_side_can_be_bounded() -> None:
    small = fitted(jpeg("coffee", size=(900, 600)), 10_000_000, most_side=300)
    assert small is not None
    assert size(small) == (300, 200)


def test_there_is_an_end_to_shrinking() -> None:
    assert fitted(noise(1200), 1000) is None


def test_what_cannot_be_decoded_cannot_be_made_to_fit() -> None:
    assert fitted(b"no photo" * 100, 100) is None


def test_a_photo_that_fits_the_room_makes_a_uri_that_fits() -> None:
    for most in (1000, 1001, 1002, 1003):
        room = data_uri_room(most)
        assert most - 4 < len(data_uri(bytes(room))) <= most
        assert len(data_uri(bytes(room + 1))) > most
