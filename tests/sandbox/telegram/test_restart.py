"""The sandbox is stopped and started: everything is as before, and nothing is given out twice."""

from __future__ import annotations

from tests.sandbox.driver import BOT_ID, Person, Sandbox, buttons
from tests.sandbox.pictures import jpeg
from tests.sandbox.receiver import Receiver


async def test_people_chats_files_updates_and_settings_are_kept(sandbox: Sandbox, alice: Person) -> None:
    await sandbox.ok("setMyCommands", commands=[{"command": "go", "description": "Go"}])
    card = await sandbox.ok("sendPhoto", chat_id=alice.id, photo=("a.jpg", jpeg()), reply_markup=buttons({"x": "x"}))
    reply_keyboard = {"keyboard": [[{"text": "Yes"}]]}
    await sandbox.ok("sendMessage", chat_id=alice.id, text="menu", reply_markup=reply_keyboard)
    await alice.writes("not confirmed")
    query = await alice.taps(card["message_id"], "x")
    before, people = await alice.chat(), await sandbox.control("GET", "people")
    waiting = await sandbox.updates(confirm=False)

    await sandbox.restart()

    after = await alice.chat()
    assert after | {"last_event": 0} == before | {"last_event": 0}
    assert after["last_event"] >= before["last_event"]
    assert after["reply_keyboard"] == reply_keyboard
    assert await sandbox.control("GET", "people") == people
    assert await sandbox.updates() == waiting
    assert await sandbox.ok("getMyCommands") == [{"command": "go", "description": "Go"}]
    await sandbox.ok("answerCallbackQuery", callback_query_id=query)
    again = await sandbox.ok("sendPhoto", chat_id=alice.id, photo=card["photo"][-1]["file_id"])
    assert again["message_id"] == before["messages"][-1]["message_id"] + 1


async def test_numbers_are_never_given_twice(sandbox: Sandbox, alice: Person) -> None:
    sent = await sandbox.ok("sendMessage", chat_id=alice.id, text="deleted")
    await sandbox.ok("deleteMessage", chat_id=alice.id, message_id=sent["message_id"])
    await alice.writes("one")
    [update] = await sandbox.updates()
    await sandbox.restart()
    await alice.writes("two")
    [later] = await sandbox.updates()
    assert later["update_id"] == update["update_id"] + 1
    assert later["message"]["message_id"] == update["message"]["message_id"] + 1
    bob = await sandbox.person("Bob")
    assert bob.id != alice.id


async def test_a_webhook_goes_on_where_it_was(sandbox: Sandbox, alice: Person) -> None:
    async with Receiver() as receiver:
        await sandbox.ok("setWebhook", url=receiver.url, secret_token="s")
        await sandbox.restart()
        await alice.writes("hello")
        await receiver.wait(1)
        assert receiver.headers["X-Telegram-Bot-Api-Secret-Token"] == "s"


async def test_reset_forgets_everything_but_the_bots(sandbox: Sandbox, alice: Person) -> None:
    photo = (await sandbox.ok("sendPhoto", chat_id=alice.id, photo=("a.jpg", jpeg())))["photo"]
    await alice.writes("waits")
    await sandbox.control("POST", "reset", {})
    await sandbox.restart()
    assert await sandbox.control("GET", "people") == []
    assert await sandbox.updates() == []
    assert (await sandbox.ok("getMe"))["id"] == BOT_ID
    assert await sandbox.refusal("sendMessage", chat_id=alice.id, text="a") == "Bad Request: chat not found"
    await sandbox.control("GET", f"files/{photo[0]['file_id']}", status=404)
    assert list((sandbox.state / "files").iterdir()) == []
