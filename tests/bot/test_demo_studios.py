"""The demo's studios: chosen on the page, remembered, and each with settings the product accepts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo_studios import STUDIOS, Studios, stand_ins
from bot.vendors import open_makers, open_writer
from services.catalogue import Catalogue
from tests.bot.test_settings import settings
from tests.sandbox.driver import Sandbox


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "sandbox")
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


async def test_what_is_chosen_on_the_page_is_found_once_and_kept(sandbox: Sandbox, tmp_path: Path) -> None:
    studios = Studios(sandbox.url, tmp_path)
    assert studios.settings == {"ACTIVE_AI_PROVIDER": "local"}
    await asyncio.to_thread(studios.tell)
    assert not await asyncio.to_thread(studios.switched)

    await sandbox.control("POST", "studio", {"chosen": "modal"})
    assert await asyncio.to_thread(studios.switched)
    assert not await asyncio.to_thread(studios.switched)
    assert studios.settings == {"ACTIVE_AI_PROVIDER": "modal,local"}
    await asyncio.to_thread(studios.tell)
    assert (await sandbox.control("GET", "studio"))["active"] == "modal"

    assert Studios(sandbox.url, tmp_path).settings == studios.settings


@pytest.mark.parametrize("kept", ["", "fal", "\n"])
def test_what_was_kept_and_is_no_more_is_this_machine(tmp_path: Path, kept: str) -> None:
    (tmp_path / "demo-studio").write_text(kept)
    assert Studios("http://127.0.0.1:1", tmp_path).settings == {"ACTIVE_AI_PROVIDER": "local"}


def test_a_sandbox_that_does_not_answer_switches_nothing(tmp_path: Path) -> None:
    studios = Studios("http://127.0.0.1:1", tmp_path)
    studios.tell()
    assert not studios.switched()


@pytest.mark.parametrize("name", STUDIOS)
def test_the_product_accepts_the_settings_of_each(name: str) -> None:
    given = stand_ins("http://127.0.0.1:1", lambda _name: "0123456789abcdef")
    read = settings(**{key.lower(): value for key, value in given.items()}, active_ai_provider=STUDIOS[name])
    assert ",".join(Catalogue(open_makers(read), read.makers).makers) == STUDIOS[name]
    assert open_writer(read) is not None
