from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from conversation import callbacks
from conversation.callbacks import admin_people, admin_values, mydata
from conversation.callbacks import music as music_callbacks

MODULES = [
    importlib.import_module(f"{callbacks.__name__}.{found.name}") for found in pkgutil.iter_modules(callbacks.__path__)
]
CLASSES = list(
    {
        one: None
        for module in MODULES
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, CallbackData) and one is not CallbackData
    }
)
LONGEST: dict[str, Any] = {
    "what": "assign",
    "sure": True,
    "vendor": "v" * 32,
    "pause": True,
    "step": "close",
    "mark": "f" * 10,
    "give": True,
    "tab": "payments",
    "deed": "export",
    "over": True,
    "shape": "16:9",
    "model": callbacks.model_mark("m" * 64),
    "language": "en",
    "pack_id": 2**31 - 1,
    "part": "credits",
    "was": "f" * 8,
    "then": "f" * 8,
    "on": True,
    "rail": "stripe",
    "transition": "cross",
    "span": "month",
    "mood": "bright",
    "height": 2**31 - 1,
    "music": True,
    "title": True,
    "seen": 2**31 - 1,
    "to": 2**31 - 1,
    "number": 2**31 - 1,
    "seconds": 2**31 - 1,
    "round": 2**31 - 1,
    "version": 2**31 - 1,
    "page": 2**31 - 1,
    "idea": 2**31 - 1,
    "amount": 2**31 - 1,
    "by": 2**31 - 1,
    "role": "support",
    "credits": 2**31 - 1,
    "price": 2**31 - 1,
    "activity": "month",
    "balance": "none",
    "wanted": False,
    "group": "contact",
    "shelf": 2**31 - 1,
}


def longest(kind: type[CallbackData]) -> CallbackData:
    places: dict[type[CallbackData], dict[str, Any]] = {
        callbacks.Go: {"to": "settings"},
        callbacks.AdminPlace: {"to": "broadcasts"},
        mydata.MyData: {"what": "really"},
        admin_people.WriteAbout: {"what": "credits"},
        admin_values.ValueSet: {"field": 2**31 - 1, "to": "off." + "v" * 20, "seen": 2**31 - 1},
        music_callbacks.SetMusic: {"what": "volume", "value": 2**31 - 1},
    }
    known = LONGEST | places.get(kind, {})
    return kind(**{name: known.get(name, 2**63 - 1) for name in kind.model_fields})


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_the_longest_there_can_be_fits_and_comes_back_the_same(kind: type[CallbackData]) -> None:
    packed = longest(kind).pack()
    assert len(packed.encode()) <= 64
    assert kind.unpack(packed) == longest(kind)


def test_no_two_kinds_can_be_mistaken_for_each_other() -> None:
    prefixes = [kind.__prefix__ for kind in CLASSES]
    assert len(set(prefixes)) == len(prefixes)


@pytest.mark.parametrize("data", ["dg:0:0", "dg:-1:0", "dg:9223372036854775808:0", "dg:1:-1", "dg:1:x", "dg:１:½"])
def test_numbers_that_no_row_can_have_are_refused(data: str) -> None:
    with pytest.raises(ValidationError):
        callbacks.Generate.unpack(data)


@given(st.text(max_size=64))
def test_any_data_is_understood_or_refused(data: str) -> None:
    for kind in CLASSES:
        try:
            understood = kind.unpack(data)
        except (ValueError, TypeError):
            continue
        assert understood.__class__ is kind


def test_models_are_told_apart_by_their_marks() -> None:
    assert callbacks.model_mark("a") != callbacks.model_mark("b")
    assert callbacks.model_mark("a") == callbacks.model_mark("a")
