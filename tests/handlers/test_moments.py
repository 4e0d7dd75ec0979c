"""A moment is understood however people write it."""

from __future__ import annotations

import pytest

from handlers.moments import start_meant


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0:25", 25), ("1:05", 65), ("65", 65), (" 7 s ", 7), ("2.30", 150), ("x", None), ("-5", None), ("1:2:3", None)],
)
def test_what_people_write_for_a_moment(text: str, seconds: float | None) -> None:
    assert start_meant(text) == seconds
