"""Opening the Mini App of a button: the page hears who is looking, signed as Telegram signs it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiogram.utils.web_app import safe_parse_webapp_init_data

from tests.sandbox.driver import TOKEN, Person, Sandbox

HERE = "http://127.0.0.1:8080/app/film/7"
THERE = "https://films.example/app?x=1"


async def offered(sandbox: Sandbox, alice: Person, url: str) -> int:
    markup = {"inline_keyboard": [[{"text": "Watch", "web_app": {"url": url}}]]}
    message = await sandbox.ok("sendMessage", chat_id=alice.id, text="A film", reply_markup=markup)
    assert message["reply_markup"] == markup
    return int(message["message_id"])


async def opened(sandbox: Sandbox, alice: Person, url: str) -> str:
    what = {"message_id": await offered(sandbox, alice, url), "url": url}
    return str((await sandbox.control("POST", f"{alice.path}/apps", what))["url"])


@pytest.mark.parametrize("url", [HERE, THERE])
async def test_the_page_hears_who_is_looking_as_telegram_would_sign_it(
    sandbox: Sandbox, alice: Person, url: str
) -> None:
    address = await opened(sandbox, alice, url)
    assert address.startswith(url + "#")
    facts = parse_qs(urlsplit(address).fragment)
    data = safe_parse_webapp_init_data(TOKEN, facts["tgWebAppData"][0])
    assert data.user is not None
    assert (data.user.id, data.user.first_name) == (alice.id, "Alice")
    assert abs(data.auth_date.timestamp() - sandbox.clock()) < 30
    assert facts["tgWebAppVersion"]


async def test_it_is_signed_for_one_bot_only(sandbox: Sandbox, alice: Person) -> None:
    data = parse_qs(urlsplit(await opened(sandbox, alice, HERE)).fragment)["tgWebAppData"][0]
    with pytest.raises(ValueError, match="Invalid"):
        safe_parse_webapp_init_data("43:ANOTHER-token", data)


@pytest.mark.parametrize("what", [{"url": "http://127.0.0.1:8080/else"}, {"message_id": 9999}])
async def test_only_what_a_button_offers_is_opened(sandbox: Sandbox, alice: Person, what: dict[str, Any]) -> None:
    known = {"message_id": await offered(sandbox, alice, HERE), "url": HERE}
    refused = await sandbox.control("POST", f"{alice.path}/apps", known | what, status=400)
    assert refused["error"]


async def test_elsewhere_it_must_be_https(sandbox: Sandbox, alice: Person) -> None:
    markup = {"inline_keyboard": [[{"text": "Watch", "web_app": {"url": "http://films.example"}}]]}
    why = await sandbox.refusal("sendMessage", chat_id=alice.id, text="A film", reply_markup=markup)
    assert "Only HTTPS links are allowed" in why
