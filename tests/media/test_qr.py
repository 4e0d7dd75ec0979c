"""The card of an invitation: a reader finds the link on it, at any size a chat shows it in."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from media.qr import SIDE, qr_card

BOTS = ("abcbot", "EchoesBot", "a_bot_with_a_name_of_32_letters_")
NAMES = ("Echoes", "", "Эхо", "x" * 64, "<b>{} %s", "a\nb", "👻", "\u202eEchoes")


def picture(bot: str = "EchoesBot", name: str = "Echoes") -> Image.Image:
    card = qr_card(f"https://t.me/{bot}?start=ref_ABCDEFGH", name, f"@{bot}")
    return Image.open(io.BytesIO(card), formats=("JPEG",))


def read(image: Image.Image) -> str:
    """As a phone's reader does: it looks at several sizes and contrasts before it gives up, as OpenCV's does not."""
    grey = image.convert("L")
    for size in (1.0, 1.5, 2.0):
        looked_at = np.asarray(grey.resize((round(grey.width * size), round(grey.height * size))))
        for seen in (looked_at, np.where(looked_at < 110, 0, 255).astype(np.uint8)):
            for reader in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
                found, *_ = reader.detectAndDecode(seen)
                if found:
                    return str(found)
    return ""


@pytest.mark.parametrize("bot", BOTS)
def test_the_link_can_be_read_at_full_half_and_quarter_size(bot: str) -> None:
    card = picture(bot)
    assert card.size == (SIDE, SIDE)
    for side in (SIDE, SIDE // 2, SIDE // 4):
        assert read(card.resize((side, side), Image.Resampling.BILINEAR)) == f"https://t.me/{bot}?start=ref_ABCDEFGH"


def test_it_can_still_be_read_when_a_phone_held_askew_takes_a_picture_of_it() -> None:
    card = picture().convert("RGB").rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=(40, 40, 40))
    dim = card.resize((700, 700), Image.Resampling.BILINEAR).point(lambda value: value * 0.6)
    assert read(dim) == "https://t.me/EchoesBot?start=ref_ABCDEFGH"


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_whatever_the_bot_is_called_the_link_is_there(name: str) -> None:
    half = picture(name=name).resize((SIDE // 2, SIDE // 2), Image.Resampling.BILINEAR)  # read four times as fast
    assert read(half) == "https://t.me/EchoesBot?start=ref_ABCDEFGH"


def test_the_bots_address_stands_below_the_code_and_a_name_above_it() -> None:
    """By where the light letters are on the darker ground."""
    with_name, without = (np.asarray(picture(name=name).convert("L"))[1000:, 200:-200] for name in ("Echoes", "Эхо"))
    assert _lines(with_name) == 2
    assert _lines(without) == 1


def _lines(strip: np.ndarray) -> int:
    lit = (strip > 235).any(axis=1)
    return int((np.diff(lit.astype(int)) == 1).sum())


def test_it_is_small_enough_to_send_in_a_moment() -> None:
    assert len(qr_card("https://t.me/EchoesBot?start=ref_ABCDEFGH", "Echoes", "@EchoesBot")) < 400_000
