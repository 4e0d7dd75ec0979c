"""Settings as they are shown: within Telegram's limits in every language, whatever is set and whoever set it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from conversation import callbacks
from conversation.admin.value_field import Field
from conversation.admin.value_field_views import ask_view, field_view, history_view, old_view, question_view
from conversation.admin.value_fields import GROUPS, fields
from conversation.admin.value_kinds import Cents, Number, Unreadable, Words
from conversation.admin.value_views import front_view, group_view, way_back
from conversation.view import View
from providers.base import SHAPES, ClipModel
from services.catalogue import Catalogue
from services.live.live import PAGE, Change, Standing
from services.live.values import Values
from storage.tables import ValueChange
from tests.conversation.scenes import BIG, HOSTILE, NOW, user
from tests.conversation.shown import assert_fits, data, labels, seen

LONG = ("<b>Nobody</b> & 🌊 " * 400)[:3000]


class Studio:
    """A vendor with nine models of four lengths each."""

    embedded = False

    def __init__(self, name: str) -> None:
        self.name = name

    def models(self) -> tuple[ClipModel, ...]:
        prices = {5: 10, 8: 16, 10: 20, 15: 10_000}
        return tuple(
            ClipModel(f"{self.name}-{number}", f"Turbo <{number}> of {self.name}", self.name, SHAPES, prices)
            for number in range(9)
        )


CATALOGUE = Catalogue([Studio("runway"), Studio("modal")])  # type: ignore[list-item]
SET = Values(
    signup_credits=10**6,
    makers={"modal": 9999, "runway": 9999, "openrouter": 9999},
    models_off=["runway-0"],
    prices={"modal-1": {"5": 10_000}},
    system_prompt=LONG,
    support_contact="<@support>" * 6,
    star_cents=1.3,
    texts={"terms:en": LONG},
)
USUAL = Values()
ELSEWHERE = {"paused", "paused_makers", "maintenance"}
"""Set in /jobs."""


def table() -> list[Field]:
    return fields(CATALOGUE, USUAL)


def standing(field: Field, values: Values = SET, seen_: int = 2**31 - 1) -> Standing:
    whole, usual = (one.model_dump(mode="json")[field.name] for one in (values, USUAL))
    return Standing(whole, usual, seen_)


def change(value: Any, who: str = "Olga") -> Change:
    return Change(ValueChange(id=BIG, name="x", value=value, created_at=NOW), user(first_name=who))


def front(values: Values) -> View:
    return front_view(table(), values.model_dump(mode="json"), USUAL.model_dump(mode="json"))


def test_everything_fits_in_every_language(language: str) -> None:
    now, usual = SET.model_dump(mode="json"), USUAL.model_dump(mode="json")
    assert_fits(front(SET), caption=False)
    for group in GROUPS:
        for shelf in {0, *(one.shelf.id for one in table() if one.group == group and one.shelf)}:
            assert_fits(group_view(table(), group, shelf, now, usual), caption=False)


def test_every_kind_of_field_fits_in_every_language(language: str) -> None:
    for field in {one.name: one for one in reversed(table())}.values():
        it = standing(field)
        views = [
            field_view(field, it, way_back(table(), field)),
            ask_view(field, it),
            question_view(field, standing(field, USUAL), it.value, "~"),
            question_view(field, it, None, "~"),
            old_view(field, change(None), it),
            history_view(field, [change(it.value)] * PAGE, 10**6, 3, it.usual),
        ]
        for view in views:
            assert_fits(view, caption=False)


def test_whoever_set_it_is_shown(english: None) -> None:
    field = table()[0]
    for name in HOSTILE:
        assert_fits(history_view(field, [change(1, name)] * PAGE, 10**6, 3, 1), caption=False)


def test_what_differs_from_the_environment_is_marked(english: None) -> None:
    assert "✏️" not in seen(front(USUAL).text).split("\n\n", 1)[1]
    text = seen(front(SET).text)
    assert "At the start: 1000000 credits ✏️ · Invited friend: 1 credit ·" in text
    assert "Modal ×9999 → Runway ×9999 → OpenRouter ×9999 (cannot be used here) ✏️" in text
    assert "Turbo <0> of runway 🚫 ✏️ · Turbo <1> of runway ·" in text
    assert "Terms ✏️ · Privacy · Support" in text
    assert "A Star brings: 1.3 ¢ ✏️" in text


def test_its_neighbours_are_a_tap_away(english: None) -> None:
    for section in ("promos", "menu"):
        assert callbacks.AdminPlace(to=section).pack() in data(front(USUAL))


def test_a_question_says_what_is_and_what_will_be(english: None) -> None:
    price = next(one for one in table() if one.key == "modal-1.5")
    view = question_view(price, standing(price), price.with_part(standing(price), 12), "12")

    assert "10000 credits → 12 credits" in seen(view.text)
    assert labels(view) == ["−1", "+1", "✅ Yes, set it", "‹ No"]


def test_numbers_of_fields_are_their_own() -> None:
    numbers = [one.id for one in table()]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", sorted(Values.model_fields.keys() - ELSEWHERE))
def test_every_value_can_be_set_here_unless_it_has_a_place_of_its_own(name: str) -> None:
    assert name in {one.name for one in table()}


def usable(field: Field, value: Any) -> bool:
    """Whether it could be set."""
    try:
        Values.model_validate({field.name: field.with_part(standing(field, USUAL), value)})
    except ValidationError:
        return False
    return True


def test_what_a_button_says_can_always_be_set(english: None) -> None:
    for field in table():
        for values in (USUAL, SET):
            value = field.of(standing(field, values).value)
            moves = [move for row in field.kind.moves(value) for move in row]
            assert all(usable(field, field.kind.moved(value, move.to)) for move in moves), field.name


def test_what_can_be_written_are_the_bounds_of_the_value() -> None:
    inside: tuple[Any, ...]
    outside: tuple[Any, ...]
    for field in table():
        match field.kind:
            case Number(low, high):
                inside, outside = (low, high), (low - 1, high + 1)
            case Cents(most):
                inside, outside = (0, most), (-1, most + 1)
            case Words(most):
                inside, outside = ("x" * most,), ("x" * (most + 1),)
            case _:
                continue
        assert all(usable(field, value) and field.kind.read(str(value)) == value for value in inside), field.name
        for value in outside:
            assert not usable(field, value), field.name
            with pytest.raises(Unreadable):
                field.kind.read(str(value))


def test_a_vendor_that_is_given_nothing_new_is_marked(english: None) -> None:
    catalogue = Catalogue([Studio("runway"), Studio("modal")])  # type: ignore[list-item]
    catalogue.adopt(Values(paused_makers=["modal"]))
    makers = next(one for one in fields(catalogue, USUAL) if one.name == "makers")

    assert "There are: Runway, Modal ⏸" in seen(makers.about())


def test_only_who_sends_a_bill_is_asked_what_a_unit_costs(english: None) -> None:
    at_home = Studio("modal")
    at_home.embedded = True
    catalogue = Catalogue([Studio("runway"), at_home])  # type: ignore[list-item]
    asked = [one.key for one in fields(catalogue, USUAL) if one.name == "vendor_unit_cents"]
    assert asked == ["runway"]
