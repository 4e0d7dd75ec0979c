from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import handlers
from conversation.view import shortened
from handlers.manners import TOAST_LIMIT


def test_the_door_can_be_made_as_often_as_needed() -> None:
    one, other = handlers.setup(), handlers.setup()
    assert one is not other
    assert [router.name for router in one.sub_routers] == [router.name for router in other.sub_routers]


def test_money_comes_before_all_manners_then_groups_and_the_catch_all_last() -> None:
    till, polite = handlers.setup().sub_routers
    names = [router.name for router in polite.sub_routers]
    assert (till.name, names[0], names[-1]) == ("till", "groups", "unknown")


@given(st.text(max_size=500))
def test_toasts_are_never_too_long(text: str) -> None:
    assert len(shortened(text, TOAST_LIMIT)) <= TOAST_LIMIT
