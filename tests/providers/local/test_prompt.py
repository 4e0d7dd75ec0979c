from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.local.moves import MOVES
from providers.local.prompt import MOST_MOVES, OPPOSITES, OVERLAYS, plan


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("slowly zoom in", "zoom_in"), ("a close-up of her", "zoom_in"),
        ("Acércate despacio", "zoom_in"), ("acercar la cámara", "zoom_in"),
        ("приблизить лицо", "zoom_in"), ("Медленное приближение", "zoom_in"), ("наезд камеры", "zoom_in"),
        ("zoom out", "zoom_out"), ("pull back to reveal", "zoom_out"), ("aleja la cámara", "zoom_out"),
        ("камера отдаляется", "zoom_out"), ("отъезд", "zoom_out"),
        ("pan left", "pan_left"), ("hacia la izquierda", "pan_left"), ("камера идёт влево", "pan_left"),
        ("move to the right", "pan_right"), ("a la derecha", "pan_right"), ("поверни направо", "pan_right"),
        ("camera goes up", "pan_up"), ("sube hacia el cielo", "pan_up"), ("подними камеру вверх", "pan_up"),
        ("pan down", "pan_down"), ("mira abajo", "pan_down"), ("опускается вниз", "pan_down"),
        ("orbit around the statue", "orbit"), ("gira alrededor", "orbit"), ("órbita", "orbit"),
        ("облёт вокруг", "orbit"),
        ("tilt a little", "tilt"), ("inclina la cámara", "tilt"), ("наклони камеру", "tilt"),
        ("dolly shot", "dolly"), ("vuela hacia ella", "dolly"), ("пролёт камеры", "dolly"), ("камера летит", "dolly"),
        ("shaky handheld", "handheld"), ("cámara en mano", "handheld"), ("съёмка с рук", "handheld"),
        ("gentle breathing", "breathing"), ("que respire", "breathing"), ("оживи портрет", "breathing"),
    ],
)  # fmt: skip
def test_it_finds_a_move_in_three_languages(prompt: str, move: str) -> None:
    assert move in plan(prompt, 1).moves


@pytest.mark.parametrize(
    ("prompt", "overlay"),
    [
        ("snow", "snow"), ("falling SNOWFLAKES", "snow"), ("nieva mucho", "snow"), ("copos de nieve", "snow"),
        ("снег", "snow"), ("снежинки", "snow"), ("Снегопад", "snow"), ("в снегу", "snow"), ("метель", "snow"),
        ("rainy day", "rain"), ("lluvia", "rain"), ("llueve", "rain"), ("под дождём", "rain"), ("ливень", "rain"),
        ("dust in the air", "dust"), ("polvo", "dust"), ("пылинки", "dust"),
        ("sparkles", "sparkles"), ("hazlo brillar", "sparkles"), ("искры", "sparkles"), ("волшебство", "sparkles"),
        ("golden light", "light_leak"), ("luz cálida", "light_leak"), ("luz calida", "light_leak"),
        ("солнечный свет", "light_leak"), ("тёплый вечер", "light_leak"), ("теплый вечер", "light_leak"),
        ("film grain", "grain"), ("película vieja", "grain"), ("pelicula vieja", "grain"), ("старая плёнка", "grain"),
        ("vignette", "vignette"), ("viñeta", "vignette"), ("виньетка", "vignette"), ("cinematic", "vignette"),
        ("fade out", "fade"), ("fundido a negro", "fade"), ("затухание", "fade"), ("затемнение в конце", "fade"),
    ],
)  # fmt: skip
def test_it_finds_an_overlay_in_three_languages(prompt: str, overlay: str) -> None:
    assert overlay in plan(prompt, 1).overlays


def test_several_wishes_are_all_granted() -> None:
    found = plan("Snow and sparkles, zoom in and pan left, fade out", 1)

    assert found.moves == ("zoom_in", "pan_left")
    assert found.overlays == {"snow", "sparkles", "fade"}


@pytest.mark.parametrize(
    ("prompt", "denied"),
    [
        ("no snow please, rain", "snow"), ("without any snow, rain", "snow"), ("sin nieve, lluvia", "snow"),
        ("без снега, дождь", "snow"), ("не надо снега, дождь", "snow"), ("don’t add snow, rain", "snow"),
    ],
)  # fmt: skip
def test_what_is_denied_is_not_shown(prompt: str, denied: str) -> None:
    assert plan(prompt, 1).overlays == {"rain"} - {denied}


@pytest.mark.parametrize(
    "prompt",
    [
        "update the photo", "wake up, it is morning", "she left home", "right now", "my living room", "late evening",
        "an old man", "slightly windy", "rode a bike", "subject in focus", "rainbow", "starting line", "Sunday",
        "лев в саванне", "стартовый выстрел", "летний день", "направить", "небольшой дом", "piano",
    ],
)  # fmt: skip
def test_everyday_words_that_only_look_alike_ask_for_nothing(prompt: str) -> None:
    """So it is the default: one gentle move with a little life in it, and one light touch over the picture."""
    found = plan(prompt, 1)

    assert found.moves[1:] == ("breathing",)
    assert len(found.overlays) == 1
    assert found.overlays <= {"light_leak", "dust", "vignette"}


def test_how_fast_is_asked_for_too() -> None:
    usual, slow, fast = (plan(f"{word} zoom in", 1).strength for word in ("", "slow", "dramatic"))

    assert slow < usual < fast
    assert plan("медленно приблизь", 1).strength < 0.8 < plan("rápido zoom", 1).strength


@given(prompt=st.text(max_size=300), seed=st.integers(0, 2**31 - 1))
def test_any_text_gives_a_plan_that_can_be_rendered(prompt: str, seed: int) -> None:
    found = plan(prompt, seed)

    assert 1 <= len(found.moves) <= MOST_MOVES
    assert set(found.moves) <= set(MOVES)
    assert found.overlays <= set(OVERLAYS)
    assert not any(set(pair) <= set(found.moves) for pair in OPPOSITES)
    assert 0.5 <= found.strength <= 1.8
    assert found == plan(prompt, seed)


@given(st.lists(st.sampled_from([*OVERLAYS, *MOVES, "zoom in left up", "no"]), max_size=12))
def test_wishes_that_undo_each_other_never_both_count(words: list[str]) -> None:
    found = plan(" ".join(words).replace("_", " "), 3)

    assert not any(set(pair) <= set(found.moves) for pair in OPPOSITES)


def test_case_accents_and_spaces_do_not_matter() -> None:
    assert plan("  ACÉRCATE   con Nieve ", 5) == plan("acercate con nieve", 5)


def test_another_seed_is_another_take() -> None:
    assert len({plan("zoom in", seed).seed for seed in range(50)}) == 50
    assert len({plan("a cat", seed).moves for seed in range(50)}) > 3
