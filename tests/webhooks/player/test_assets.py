"""The files of the player's page: kept by browsers for ever, because a change changes their address."""

from __future__ import annotations

import re

from tests.support.cinema import Cinema
from tests.webhooks.player.conftest import Visitor
from webhooks.player.assets import FOR_EVER, STATIC, Assets


async def test_whatever_the_page_names_is_there_and_stays(cinema: Cinema, visitor: Visitor) -> None:
    page = (await visitor.get(f"{cinema.url}/app/film/1")).text
    named = re.findall(r'(?:href|src)="(/p/assets/[^"]+)"', page)
    assert len(named) >= 10
    for path in named:
        answer = await visitor.get(cinema.url + path)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, FOR_EVER), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_every_script_is_named_so_that_none_waits_for_another(cinema: Cinema, visitor: Visitor) -> None:
    page = (await visitor.get(f"{cinema.url}/app/film/1")).text
    assert [path.name for path in STATIC.rglob("*.*") if f"/{path.name}" not in page] == []


async def test_nothing_is_loaded_from_elsewhere() -> None:
    texts = [path.read_text() for path in STATIC.rglob("*.*")] + [(STATIC.parent / "page.html").read_text()]
    assert [
        hit for text in texts for hit in re.findall(r"(?:src|href|url|import|fetch)\W{1,3}https?://\S+", text)
    ] == []


async def test_an_older_page_gets_todays_files_and_keeps_nothing(cinema: Cinema, visitor: Visitor) -> None:
    answer = await visitor.get(f"{cinema.url}/p/assets/{'0' * 16}/player.css")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


async def test_only_those_files_are_there(cinema: Cinema, visitor: Visitor) -> None:
    base = cinema.url + Assets().base
    for name in ("page.html", "../page.html", "%2e%2e/page.py", "js/", "nothing.js"):
        assert (await visitor.get(f"{base}/{name}")).status == 404, name
