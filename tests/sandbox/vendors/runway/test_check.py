"""What a Runway task may be created from."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.vendors.runway.check import check
from sandbox.vendors.runway.models import IMAGE, TEXT
from tests.sandbox.vendors.counter import task


@pytest.mark.parametrize(
    ("wrong", "path", "message"),
    [
        ({"model": "gen3a_turbo"}, ["model"], "expected one of"),
        ({"model": None}, ["model"], "expected one of"),
        ({"ratio": "1920:1080"}, ["ratio"], "expected one of"),
        ({"ratio": "16:9"}, ["ratio"], "expected one of"),
        ({"duration": 1}, ["duration"], "Too small"),
        ({"duration": 11}, ["duration"], "Too big"),
        ({"duration": "5"}, ["duration"], "expected int, received string"),
        ({"duration": 2.5}, ["duration"], "expected int, received number"),
        ({"duration": True}, ["duration"], "expected int, received boolean"),
        ({"model": "veo3.1", "ratio": "1280:720", "duration": 5}, ["duration"], "expected one of 4|6|8"),
        ({"model": "gen4.5", "duration": None}, ["duration"], "received undefined"),
        ({"promptText": ""}, ["promptText"], "Too small"),
        ({"promptText": "x" * 1001}, ["promptText"], "<=1000"),
        ({"promptText": "😀" * 501}, ["promptText"], "<=1000"),
        ({"promptText": 5}, ["promptText"], "expected string"),
        ({"model": "gen4.5", "promptText": None}, ["promptText"], "received undefined"),
        ({"seed": -1}, ["seed"], "Too small"),
        ({"seed": 2**32}, ["seed"], "Too big"),
        ({"promptImage": None}, ["promptImage"], "expected string, received undefined"),
        ({"promptImage": []}, ["promptImage"], "expected string, received array"),
        ({"promptImage": [{"uri": "x", "position": "last"}]}, ["promptImage", 0], "Invalid input"),
        ({"promptImage": [{"uri": "x", "position": "first"}] * 2}, ["promptImage"], "one picture"),
        ({"contentModeration": {"publicFigureThreshold": "high"}}, None, "Invalid input"),
        ({"prompt": "x"}, ["prompt"], "sandbox only"),
        ({"outputFormat": "prores", "model": "gen4.5"}, ["outputFormat"], "sandbox only"),
    ],
    ids=str,
)
def test_a_wrong_body_has_one_issue_with_its_path(
    wrong: dict[str, Any], path: list[str | int] | None, message: str
) -> None:
    body = {name: value for name, value in task(**wrong).items() if value is not None}
    wish, (issue,) = check(IMAGE, body)
    assert wish is None
    assert message in issue["message"]
    assert path is None or issue["path"] == path


def test_all_that_is_wrong_is_told_at_once() -> None:
    _, issues = check(IMAGE, {"model": "gen4.5"})
    assert [issue["path"] for issue in issues] == [["ratio"], ["duration"], ["promptText"], ["promptImage"]]


@pytest.mark.parametrize(
    "right",
    [
        {"promptText": "😀" * 500},
        {"model": "gen4.5", "duration": 10, "ratio": "1584:672", "outputFormat": "mp4"},
        {"model": "veo3.1_fast", "duration": 8, "ratio": "1920:1080", "audio": False},
        {"contentModeration": {"publicFigureThreshold": "low"}},
        {"promptImage": [{"uri": "x", "position": "first"}]},
    ],
    ids=["emoji", "gen4.5", "veo", "moderation", "list"],
)
def test_a_right_body_is_understood(right: dict[str, Any]) -> None:
    wish, issues = check(IMAGE, task(**right))
    assert issues == []
    assert wish is not None
    assert f"{wish.width}:{wish.height}" == right.get("ratio", "960:960")


def test_words_alone_need_no_picture_and_take_none() -> None:
    body = {"model": "gen4.5", "promptText": "snow", "ratio": "720:1280", "duration": 4}
    wish, _ = check(TEXT, body)
    assert wish is not None
    assert (wish.picture, wish.seconds, wish.price) == (None, 4, 48)
    for wrong in ({"promptImage": "x"}, {"ratio": "960:960"}, {"model": "gen4_turbo"}):
        assert check(TEXT, body | wrong)[0] is None
