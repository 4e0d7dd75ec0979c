"""Bots and people through the control API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.driver import BOT_ID, TOKEN, Person, Sandbox


async def test_a_bot_is_registered_once_and_its_token_never_told(sandbox: Sandbox) -> None:
    await sandbox.control("POST", "bots", {"token": TOKEN, "username": "echo_bot", "name": "New name"})
    bots = await sandbox.control("GET", "bots")
    about = {"id": BOT_ID, "username": "echo_bot", "name": "New name", "commands": [], "description": ""}
    assert bots == [about | {"inline": True, "inline_feedback": False}]
    assert (await sandbox.ok("getMe"))["first_name"] == "New name"


async def test_commands_and_description_are_shown_in_a_language(sandbox: Sandbox) -> None:
    hola, hello = [{"command": "hola", "description": "Hola"}], [{"command": "hello", "description": "Hello"}]
    await sandbox.ok("setMyCommands", commands=hello)
    await sandbox.ok("setMyCommands", commands=hola, scope={"type": "all_private_chats"}, language_code="es")
    await sandbox.ok("setMyDescription", description="Fotos", language_code="es")
    [spanish] = await sandbox.control("GET", "bots?language=es")
    [russian] = await sandbox.control("GET", "bots?language=ru")
    assert (spanish["commands"], spanish["description"]) == (hola, "Fotos")
    assert (russian["commands"], russian["description"]) == (hello, "")


async def test_one_person_may_have_commands_of_their_own(sandbox: Sandbox, alice: Person) -> None:
    all_, hers = [{"command": "help", "description": "Help"}], [{"command": "admin", "description": "Run it"}]
    await sandbox.ok("setMyCommands", commands=all_)
    await sandbox.ok("setMyCommands", commands=hers, scope={"type": "chat", "chat_id": alice.id})
    [for_alice] = await sandbox.control("GET", f"bots?language=es&person={alice.id}")
    [for_bob] = await sandbox.control("GET", "bots?person=1")
    assert (for_alice["commands"], for_bob["commands"]) == (hers, all_)


async def test_people_are_added_changed_and_deleted(sandbox: Sandbox) -> None:
    bob = await sandbox.control("POST", "people", {"first_name": "Bob", "username": "bob", "language_code": "ru"})
    assert bob["color"].startswith("#")
    changed = await sandbox.control("PATCH", f"people/{bob['id']}", {"language_code": "es"})
    assert changed == bob | {"language_code": "es"}
    assert await sandbox.control("GET", "people") == [changed]
    await sandbox.control("DELETE", f"people/{bob['id']}")
    assert await sandbox.control("GET", "people") == []
    await sandbox.control("PATCH", f"people/{bob['id']}", {}, status=404)


async def test_what_the_bot_learns_of_a_person_is_up_to_date(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.control("PATCH", f"people/{alice.id}", {"username": "alice", "language_code": "es"})
    await alice.writes("hello")
    [update] = await sandbox.updates()
    assert update["message"]["from"]["language_code"] == "es"
    assert update["message"]["chat"] == {"id": alice.id, "type": "private", "first_name": "Alice", "username": "alice"}
    assert (await sandbox.ok("getChat", chat_id=alice.id))["active_usernames"] == ["alice"]


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("people", {}, "first_name is missing"),
        ("people", {"first_name": " "}, "first_name must not be empty"),
        ("people", {"first_name": "A", "age": 3}, "unknown field: age"),
        ("people", {"first_name": 3}, "first_name must be of type str"),
        ("bots", {"token": "x", "username": "u", "name": "n"}, "a bot token is a number, a colon and a secret"),
        ("chats/42/1/messages", {"text": "x"}, "there is no such person"),
        ("chats/99/1/messages", {"text": "x"}, "there is no such bot"),
    ],
)
async def test_refusals_are_a_sentence(sandbox: Sandbox, path: str, body: dict[str, Any], sentence: str) -> None:
    status = 404 if path.startswith("chats") else 400
    assert await sandbox.control("POST", path, body, status=status) == {"error": sentence}


async def test_requests_from_other_sites_are_refused(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/control/reset"
    async with sandbox.session.post(url, headers={"Origin": "https://evil.example"}) as answer:
        assert answer.status == 403
    async with sandbox.session.post(url, headers={"Origin": sandbox.url}) as answer:
        assert answer.status == 200


async def test_everything_is_labelled_as_sandbox(sandbox: Sandbox) -> None:
    assert await sandbox.control("GET", "health") == {"ok": True, "sandbox": True}
    async with sandbox.session.get(f"{sandbox.url}/bot{TOKEN}/getMe") as answer:
        assert answer.headers["X-Sandbox"]
    assert "error" in await sandbox.control("GET", "nothing", status=404)


async def test_a_page_that_names_no_icon_of_its_own_finds_one(sandbox: Sandbox) -> None:
    async with sandbox.session.get(f"{sandbox.url}/favicon.ico") as answer:
        assert (answer.status, answer.content_type) == (200, "image/svg+xml")
        assert b"<svg" in await answer.read()
