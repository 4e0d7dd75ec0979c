"""Everything else people say and send: each is answered, and helpfully."""

from __future__ import annotations

import pytest

from tests.support.person import Person, buttons, words
from tests.support.world import World

COMMANDS = ("/start", "/new", "/projects", "/credits", "/settings", "/help", "/cancel")


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_is_answered(alice: Person, command: str) -> None:
    await alice.say(command)
    assert words(await alice.wait_for(words))


async def test_credits_show_the_balance_and_where_it_came_from(alice: Person) -> None:
    await alice.say("/credits")
    statement = await alice.hears("30")
    assert "+30" in words(statement)


async def test_the_language_can_be_chosen_and_stays(world: World, alice: Person) -> None:
    await alice.say("/settings")
    settings = await alice.sees_button("Español")
    await alice.tap(settings, "Español")
    await alice.say("/help")
    await alice.hears("foto")
    assert world.rows("SELECT language, language_chosen FROM users WHERE telegram_id = ?", alice.id) == [("es", 1)]


@pytest.mark.parametrize("text", ["hello?", "/nonsense", "/buy", "🙂", "a" * 4096])
async def test_text_without_a_draft_is_answered_with_what_to_do(alice: Person, text: str) -> None:
    await alice.say("/start")
    first = await alice.wait_for(words)
    await alice.say(text)
    answer = await alice.wait_for(lambda one: one["message_id"] > first["message_id"])
    assert words(answer)


@pytest.mark.parametrize("as_", ["voice", "audio", "video"])
async def test_what_is_no_photo_is_answered_with_what_can_be_sent(alice: Person, as_: str) -> None:
    await alice.send_files(b"\x00" * 2000, as_=as_, name="thing.bin")
    assert "photo" in words(await alice.wait_for(words)).lower()


async def test_registering_happens_once_with_the_signup_credits(world: World, alice: Person) -> None:
    for _ in range(5):
        await alice.say("/start")
    await alice.say("/credits")
    await alice.hears("+30")  # which no hello says: all that was said before is answered
    assert world.rows(
        "SELECT count(*) FROM transfers t JOIN users u ON u.id = t.user_id WHERE u.telegram_id = ?", alice.id
    ) == [(1,)]


async def test_a_start_screen_has_three_things_to_do_at_most(alice: Person) -> None:
    await alice.say("/start")
    start = await alice.hears("Alice")
    assert len(words(start)) < 600
    assert len(buttons(start)) <= 3
