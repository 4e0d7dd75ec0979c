"""The player as a deployment has it: open to links everywhere, inside Telegram where Telegram would open it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.player import SANDBOX_PAGES, add_player
from bot.settings import Settings
from bot.wiring import open_house
from tests.support.builders import Woken, create_user
from tests.support.cinema import Cinema, Shot
from webhooks.player.mini_app import TELEGRAM_WEB

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"
SILENT = "http://127.0.0.1:9"
"""A sandbox that has gone away."""


@asynccontextmanager
async def deployed(template: Path, folder: Path, **settings: str) -> AsyncIterator[tuple[Cinema, URL]]:
    (folder / "echoes.db").write_bytes(template.read_bytes())
    places = {
        "database_url": f"sqlite+aiosqlite:///{folder / 'echoes.db'}",
        "storage_url": f"file://{folder / 'media'}",
    }
    read = Settings(_env_file=None, telegram_bot_token=TOKEN, **places, **settings)  # type: ignore[arg-type]
    house = open_house(read, wake=Woken(), providers=[])
    app = web.Application()
    add_player(app, house)
    async with TestServer(app) as server:
        services = house.services
        yield Cinema(house.db, house.store, services.screenings, services.sharing, ""), server.make_url("")
    await house.close()


@pytest.mark.parametrize(
    ("settings", "frames"),
    [
        ({"telegram_api_url": SILENT}, SANDBOX_PAGES),
        ({"public_url": "https://films.example"}, TELEGRAM_WEB),
        ({"public_url": "http://films.example"}, None),
        ({}, None),
    ],
)
async def test_inside_telegram_it_is_where_telegram_would_open_it(
    sqlite_template: Path, tmp_path: Path, settings: dict[str, str], frames: tuple[str, ...] | None
) -> None:
    async with (
        deployed(sqlite_template, tmp_path, **settings) as (_, url),
        aiohttp.ClientSession() as session,
        session.get(url / "app/film/1") as page,
    ):
        assert page.status == (200 if frames else 404)
        if frames:
            assert f"frame-ancestors {' '.join(frames)}" in page.headers["Content-Security-Policy"]


async def test_a_film_is_shown_though_telegram_is_away(sqlite_template: Path, tmp_path: Path) -> None:
    async with deployed(sqlite_template, tmp_path, telegram_api_url=SILENT) as (cinema, url):
        user = await create_user(cinema.db)
        token = await cinema.share(await cinema.project(Shot(seconds=0.5), user=user))
        async with aiohttp.ClientSession() as session, session.get(url / "p" / token) as page:
            assert page.status == 200
            assert 'data-yours=""' in await page.text()
