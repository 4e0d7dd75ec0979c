"""What the doctor says of each vendor, well and ill; the vendors are the sandbox's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import doctor_vendors
from bot.ailment import Ailment
from bot.settings import Settings
from services.live.live import Live
from services.live.values import Values
from services.staff.rights import Actor, Role
from services.users import Newcomer, Users
from storage import migrate
from storage.database import Database
from tests.bot.test_settings import settings
from tests.sandbox.driver import Sandbox


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "sandbox")
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def wired(sandbox: Sandbox) -> Settings:
    return keys(sandbox.url)


def keys(url: str, **others: Any) -> Settings:
    given = {
        "database_url": "sqlite+aiosqlite:////nowhere/echoes.db",
        "active_ai_provider": "runway,runpod,modal,local",
        "runwayml_api_secret": "key_canary",
        "runway_api_url": f"{url}/runway",
        "runpod_api_key": "rpa_canary",
        "runpod_endpoint_id": "ep1",
        "runpod_api_url": f"{url}/runpod/v2",
        "modal_key": "wk-canary",
        "modal_secret": "ws-canary",
        "modal_url": f"{url}/modal",
        "openrouter_api_key": "sk-or-canary",
        "openrouter_api_url": f"{url}/openrouter/api/v1",
        "openrouter_model": "a/b",
    }
    return settings(**given | others)


async def say(read: Settings, name: str) -> str:
    return await doctor_vendors.checks(read)[name](read)


async def ailment(read: Settings, name: str) -> str:
    with pytest.raises(Ailment) as error:
        await say(read, name)
    assert "canary" not in str(error.value)
    return str(error.value)


async def test_it_says_that_a_key_works_what_is_left_and_what_is_on_offer(wired: Settings) -> None:
    assert list(doctor_vendors.checks(wired)) == ["runway", "runpod", "modal", "local", "openrouter"]
    assert "the key works, 100000 credits left, makes Runway Gen-4 Turbo (5 s for 3, 10 s for 6)" in await say(
        wired, "runway"
    )
    assert "the key works" in await say(wired, "runpod")
    assert "makes Wan (5 s for 2)" in await say(wired, "modal")
    assert await say(wired, "local") == "makes Echoes Motion (5 s for 1, 10 s for 2)"
    assert (await say(wired, "openrouter")).endswith("asks a/b")


@pytest.mark.parametrize(
    ("vendor", "bad"),
    [
        ("runway", {"runwayml_api_secret": "canary"}),
        ("modal", {"modal_secret": "canary"}),
        ("openrouter", {"openrouter_api_key": "canary"}),
    ],
)
async def test_a_key_that_does_not_work_is_named(sandbox: Sandbox, vendor: str, bad: dict[str, str]) -> None:
    (name,) = bad
    assert name.upper() in await ailment(keys(sandbox.url, **bad), vendor)


@pytest.mark.parametrize("vendor", ["runway", "runpod", "modal", "openrouter"])
async def test_a_vendor_that_is_away_is_said_to_be(sandbox: Sandbox, wired: Settings, vendor: str) -> None:
    await sandbox.control("PATCH", f"vendors/{vendor}", {"up": False})
    assert "503" in await ailment(wired, vendor)


async def test_an_empty_account_is_an_ailment(sandbox: Sandbox, wired: Settings) -> None:
    await sandbox.control("PATCH", "vendors/runway", {"credits": 0.0})
    assert "no credit is left" in await ailment(wired, "runway")


async def test_what_is_set_in_the_chat_is_what_it_says(sandbox: Sandbox, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'echoes.db'}"
    migrate.upgrade(url)
    read = keys(sandbox.url, active_ai_provider="modal,local", database_url=url)
    await put(url, makers={"runpod": 1, "local": 1}, models_off=["local-motion"], prices={"wan": {"5": 7}})
    await put(url, paused_makers=["runpod"])

    assert list(doctor_vendors.checks(read)) == ["modal", "local", "runway", "runpod", "openrouter"]
    assert "not active (/values makes it so), could make Wan (5 s for 2)" in await say(read, "modal")
    assert (await say(read, "runpod")).endswith("makes Wan (5 s for 7), but is paused (/jobs)")
    assert await say(read, "local") == "makes nothing: its models are off (/values)"


async def put(url: str, **values: Any) -> None:
    """An owner sets them in the chat."""
    db = Database(url)
    user, _ = await Users(db).meet(Newcomer(1, "Olga"))
    for name, value in values.items():
        await Live(db, Values()).set(Actor(user.id, Role.OWNER), name, value)
    await db.close()


async def test_nobody_who_writes_is_no_ailment() -> None:
    assert (await say(settings(), "openrouter")).startswith("off")
