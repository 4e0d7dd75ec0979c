"""Telegram's own addresses on this machine lead to the chat page."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import Sandbox

LINKS = [
    ("/t.me/echo_bot", "/?bot=echo_bot"),
    ("/t.me/echo_bot?start=ref_1", "/?bot=echo_bot&start=ref_1"),
    ("/t.me/echo_bot?start=", "/?bot=echo_bot&start="),
    ("/t.me/$abc-_1", "/?invoice=abc-_1"),
    ("/t.me/invoice/abc", "/?invoice=abc"),
    ("/t.me/share/url?url=https%3A%2F%2Fx.org%2F%3Fa%3D1&text=Look", "/?url=https%3A%2F%2Fx.org%2F%3Fa%3D1&text=Look"),
]


@pytest.mark.parametrize(("address", "page"), LINKS)
async def test_an_address_of_telegram_opens_the_page(sandbox: Sandbox, address: str, page: str) -> None:
    async with sandbox.session.get(sandbox.url + address, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, page)
    async with sandbox.session.get(sandbox.url + address) as answer:
        assert "Echoes sandbox" in await answer.text()
