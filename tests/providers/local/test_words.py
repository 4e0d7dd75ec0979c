"""The words of a prompt choose, in three languages; the same words and seed choose the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.local.prompt import MOVES, OVERLAYS, plan

SAID = {
    "zoom_in": ("slow zoom in", "acércate despacio", "медленно приближаемся"),
    "zoom_out": ("zoom out", "la cámara se aleja", "камера отдаляется"),
    "pan_left": ("pan left", "hacia la izquierda", "камера влево"),
    "pan_right": ("pan to the right", "a la derecha", "камера вправо"),
    "pan_up": ("pan up", "hacia arriba", "камера вверх"),
    "pan_down": ("pan down", "hacia abajo", "камера вниз"),
    "orbit": ("orbit around her", "gira alrededor", "облёт вокруг"),
    "tilt": ("tilt", "inclina la cámara", "наклон камеры"),
    "dolly": ("dolly through", "vuela", "пролёт"),
    "handheld": ("handheld", "cámara en mano", "ручная камера"),
    "breathing": ("breathing", "respira", "дышит"),
    "snow": ("snowflakes", "cae la nieve", "идёт снег"),
    "rain": ("rain", "lluvia", "под дождём"),
    "dust": ("dust", "polvo", "пылинки"),
    "sparkles": ("sparkles", "destellos", "искры"),
    "light_leak": ("golden light", "luz dorada", "золотой свет"),
    "grain": ("old film grain", "película antigua", "старая плёнка"),
    "vignette": ("vignette", "viñeta", "виньетка"),
    "fade": ("fade", "fundido", "затухание"),
}


def test_every_move_and_overlay_is_tried_here() -> None:
    assert set(SAID) == set(MOVES) | set(OVERLAYS)


@pytest.mark.parametrize("wanted", SAID)
@pytest.mark.parametrize("language", [0, 1, 2], ids=["en", "es", "ru"])
def test_it_is_chosen_by_its_word_in_every_language(wanted: str, language: int) -> None:
    chosen = plan(SAID[wanted][language], seed=7)
    assert wanted in set(chosen.moves) | chosen.overlays


@pytest.mark.parametrize("denied", ["zoom in, no snow", "приближение без снега", "acércate sin nieve"])
def test_what_is_denied_is_not_chosen(denied: str) -> None:
    assert "snow" not in plan(denied, 1).overlays


@given(st.text(max_size=200), st.integers(0, 2**31 - 1))
def test_every_prompt_has_a_plan_and_always_the_same(prompt: str, seed: int) -> None:
    first = plan(prompt, seed)
    assert first == plan(prompt, seed)
    assert first.moves
    assert set(first.moves) <= set(MOVES)
    assert first.overlays <= set(OVERLAYS)


@given(st.lists(st.text(alphabet=st.characters(categories=["Ll"]), min_size=3, max_size=12), min_size=2, unique=True))
def test_two_different_prompts_have_two_different_plans(prompts: list[str]) -> None:
    assert len({plan(prompt, 5) for prompt in prompts}) == len(prompts)
