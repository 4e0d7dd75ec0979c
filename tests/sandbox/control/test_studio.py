"""The switch between studios: chosen on the page, seen to by whoever launches the bot."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import Json, Sandbox

STUDIOS = ["local", "runway"]


async def launched(sandbox: Sandbox, active: str) -> Json:
    return dict(await sandbox.control("PUT", "studio", {"studios": STUDIOS, "active": active}))


async def test_without_a_launcher_nothing_can_be_chosen(sandbox: Sandbox) -> None:
    assert await sandbox.control("GET", "studio") == {"studios": [], "active": None, "chosen": None}
    refused = await sandbox.control("POST", "studio", {"chosen": "runway"}, status=400)
    assert "nobody here" in refused["error"]


async def test_a_choice_stands_until_the_launcher_has_seen_to_it(sandbox: Sandbox) -> None:
    assert await launched(sandbox, "local") == {"studios": STUDIOS, "active": "local", "chosen": "local"}
    chosen = await sandbox.control("POST", "studio", {"chosen": "runway"})
    assert chosen == {"studios": STUDIOS, "active": "local", "chosen": "runway"}
    assert await launched(sandbox, "local") == chosen
    assert (await launched(sandbox, "runway"))["active"] == "runway"


async def test_a_choice_that_is_no_longer_there_is_forgotten(sandbox: Sandbox) -> None:
    await launched(sandbox, "local")
    await sandbox.control("POST", "studio", {"chosen": "runway"})
    told = await sandbox.control("PUT", "studio", {"studios": ["local"], "active": "local"})
    assert told == {"studios": ["local"], "active": "local", "chosen": "local"}


@pytest.mark.parametrize(
    "body", [{"studios": STUDIOS}, {"studios": [1], "active": "local"}, {"studios": STUDIOS, "active": "x"}]
)
async def test_a_launcher_that_talks_nonsense_is_refused(sandbox: Sandbox, body: Json) -> None:
    await sandbox.control("PUT", "studio", body, status=400)


async def test_only_what_there_is_can_be_chosen(sandbox: Sandbox) -> None:
    await launched(sandbox, "local")
    await sandbox.control("POST", "studio", {"chosen": "fal"}, status=400)
