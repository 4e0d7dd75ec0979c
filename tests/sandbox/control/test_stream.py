"""The event stream: in order, resumable, filtered, and honest when it cannot catch up."""

from __future__ import annotations

from tests.sandbox.driver import BOT_ID, Person, Sandbox


async def test_events_come_in_order_and_resume_where_they_were_left(sandbox: Sandbox, alice: Person) -> None:
    begin = (await alice.chat())["last_event"]
    for text in "abc":
        await sandbox.ok("sendMessage", chat_id=alice.id, text=text)
    assert (await alice.hears(lambda *_: True, begin))["text"] == "a"
    assert (await alice.hears(lambda *_: True, begin + 1))["text"] == "b"
    url = f"{sandbox.url}/control/events?after=0"
    async with sandbox.session.get(url, headers={"Last-Event-ID": str(begin + 2)}) as stream:
        await stream.content.readuntil(b"\n\n")
        assert (await stream.content.readline()).decode() == f"id: {begin + 3}\n"


async def test_one_hears_only_of_one_s_own_chat(sandbox: Sandbox, alice: Person) -> None:
    bob = await sandbox.person("Bob")
    begin = (await alice.chat())["last_event"]
    await bob.writes("secret")
    await alice.writes("mine")
    assert (await alice.hears(lambda *_: True, begin))["text"] == "mine"
    assert (await bob.hears(lambda *_: True, begin))["person_id"] == bob.id


async def test_actions_and_commands_are_events(sandbox: Sandbox, alice: Person) -> None:
    begin = (await alice.chat())["last_event"]
    await sandbox.ok("sendChatAction", chat_id=alice.id, action="upload_video")
    action = await alice.hears(lambda kind, _: kind == "action", begin)
    assert action == {"action": "upload_video", "bot_id": BOT_ID, "person_id": alice.id}
    await sandbox.ok("setMyCommands", commands=[{"command": "go", "description": "Go"}])
    assert await alice.hears(lambda kind, _: kind == "commands", begin + 1) == {"bot_id": BOT_ID}


async def test_after_a_restart_or_a_reset_one_is_told_to_load_again(sandbox: Sandbox, alice: Person) -> None:
    begin = (await alice.chat())["last_event"]
    await sandbox.restart()
    assert await alice.hears(lambda kind, _: kind == "reset", begin) == {}
    now = (await alice.chat())["last_event"]
    await sandbox.control("POST", "reset", {})
    assert await alice.hears(lambda kind, _: kind == "reset", now) == {}


async def test_whoever_asks_from_the_future_is_told_to_load_again(sandbox: Sandbox, alice: Person) -> None:
    assert await alice.hears(lambda kind, _: kind == "reset", 10**9) == {}


async def test_a_place_that_is_no_number_is_refused(sandbox: Sandbox) -> None:
    assert await sandbox.control("GET", "events?after=x", status=400) == {"error": "after must be a number"}
