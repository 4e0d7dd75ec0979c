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


def test_groups_come_first_and_the_catch_all_last() -> None:
    names = [router.name for router in handlers.setup().sub_routers]
    assert (names[0], names[-1]) == ("groups", "unknown")


@given(st.text(max_size=500))
def test_toasts_are_never_too_long(text: str) -> None:
    assert len(shortened(text, TOAST_LIMIT)) <= TOAST_LIMIT
