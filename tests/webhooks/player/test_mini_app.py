"""The player inside Telegram: it plays for a project's owner, and for nobody else is there anything."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conversation.i18n import Words
from sandbox.telegram.mini_apps import init_data
from sandbox.telegram.model import Bot, Person
from storage.clock import db_now
from storage.database import Database
from storage.tables import Project, User
from tests.support.builders import create_user
from tests.support.cinema import TOKEN, Cinema, Shot, showing
from tests.webhooks.player.conftest import Visitor
from webhooks.player.mini_app import TELEGRAM_WEB
from webhooks.player.passes import PASS_SECONDS

HOUR = 3600


@dataclass
class Clock:
    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Home:
    """Alice, her film, and what Telegram says of whom."""

    cinema: Cinema
    visitor: Visitor
    clock: Clock
    alice: User
    project: Project
    address: str = field(init=False)

    def __post_init__(self) -> None:
        self.address = f"{self.cinema.url}/app/film/{self.project.id}/film.json"

    def told(self, person: User | None = None, token: str = TOKEN) -> str:
        who = Person((person or self.alice).telegram_id, "Alice & Söhne", username="alice")
        return init_data(Bot(7, token, "echoes", "Echoes"), who, self.clock())

    async def asks(self, **said: Any) -> int:
        return (await self.visitor.post(self.address, said))[0]

    async def opens(self, telling: str | None = None) -> dict[str, Any]:
        status, facts = await self.visitor.post(self.address, {"init_data": telling or self.told()})
        assert status == 200
        return facts


@pytest.fixture
async def home(db: Database, words: Words, tmp_path: Path, visitor: Visitor) -> AsyncIterator[Home]:
    clock = Clock()
    async with showing(db, words, tmp_path / "media", clock=clock) as cinema:
        alice = await create_user(db)
        yield Home(cinema, visitor, clock, alice, await cinema.project(Shot(seconds=0.5), user=alice))


async def test_its_owner_watches_without_sharing_anything(home: Home) -> None:
    film = await home.opens()
    assert film["title"] == "Our winter"
    assert (await home.visitor.get(film["clips"][0]["url"])).status == 200


async def test_a_stranger_finds_nothing(home: Home, db: Database) -> None:
    bob = await create_user(db, "Bob")
    assert await home.asks(init_data=home.told(bob)) == 404
    nobody = User(telegram_id=999_999, first_name="Nobody")
    assert await home.asks(init_data=home.told(nobody)) == 404


async def test_what_was_not_signed_for_this_bot_tells_nothing(home: Home) -> None:
    assert await home.asks(init_data=home.told(token="42:another-bot")) == 404
    assert await home.asks(init_data=home.told().replace("alice", "alibe")) == 404
    assert await home.asks(init_data="") == 404
    assert await home.asks(init_data=7) == 404
    assert await home.asks() == 404


async def test_what_telegram_said_counts_for_an_hour_and_a_pass_for_longer(home: Home) -> None:
    telling = home.told()
    kept = (await home.opens(telling))["pass"]
    home.clock.ahead = HOUR - 60
    await home.opens(telling)
    home.clock.ahead = HOUR + 60
    assert await home.asks(init_data=telling) == 404
    status, renewed = await home.visitor.post(home.address, {"pass": kept})
    assert (status, renewed["pass"]) == (200, kept)
    home.clock.ahead = PASS_SECONDS + 60
    assert await home.asks(**{"pass": kept}) == 404


async def test_a_pass_is_for_one_film_of_one_person(home: Home) -> None:
    kept = (await home.opens())["pass"]
    other = await home.cinema.project(Shot(seconds=0.5), user=home.alice)
    elsewhere = f"{home.cinema.url}/app/film/{other.id}/film.json"
    assert (await home.visitor.post(elsewhere, {"pass": kept}))[0] == 404
    forged = kept.replace(str(home.alice.telegram_id), str(home.alice.telegram_id + 1), 1)
    assert await home.asks(**{"pass": forged}) == 404
    assert await home.asks(**{"pass": ""}) == 404


async def test_a_deleted_film_is_gone_for_its_owner_too(home: Home) -> None:
    kept = (await home.opens())["pass"]
    await home.cinema.change(home.project, deleted_at=db_now())
    assert await home.asks(**{"pass": kept}) == 404


async def test_the_page_itself_tells_nothing_and_may_be_framed_by_telegram_only(home: Home) -> None:
    mine = await home.visitor.get(f"{home.cinema.url}/app/film/{home.project.id}")
    none = await home.visitor.get(f"{home.cinema.url}/app/film/{home.project.id + 1}")
    assert mine.status == none.status == 200
    assert mine.text.replace(f"film/{home.project.id}/", "film/N/") == none.text.replace(
        f"film/{home.project.id + 1}/", "film/N/"
    )
    assert "Our winter" not in mine.text
    assert f"frame-ancestors {' '.join(TELEGRAM_WEB)}" in mine.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in mine.headers
    assert (await home.visitor.get(f"{home.cinema.url}/app/film/x")).status == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 50_000, b"\xff"])
async def test_a_body_that_says_nothing_is_answered_like_a_stranger(home: Home, body: bytes) -> None:
    async with home.visitor.session.post(home.address, data=body) as response:
        assert response.status == 404
