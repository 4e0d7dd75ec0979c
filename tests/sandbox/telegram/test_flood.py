"""Flood limits: bursts pass, then a message a second to one chat; nothing is counted that was refused."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.flood import Flood, Limits
from tests.sandbox.driver import Person, Sandbox
from tests.sandbox.pictures import jpeg


async def test_after_a_burst_one_message_a_second_passes(sandbox: Sandbox, alice: Person) -> None:
    sandbox.clock.freeze()
    await sandbox.control("POST", "limits", {"burst": 3})
    for number in range(3):
        await sandbox.ok("sendMessage", chat_id=alice.id, text=str(number))
    answer = await sandbox.call("sendMessage", chat_id=alice.id, text="too many")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 1})
    sandbox.clock.ahead += 1
    await sandbox.ok("sendMessage", chat_id=alice.id, text="again")
    assert not (await sandbox.call("sendMessage", chat_id=alice.id, text="too many"))["ok"]


async def test_edits_count_and_album_items_each_count(sandbox: Sandbox, alice: Person) -> None:
    sandbox.clock.freeze()
    sent = await sandbox.ok("sendMessage", chat_id=alice.id, text="a")
    await sandbox.control("POST", "limits", {"burst": 2})
    await sandbox.ok("editMessageText", chat_id=alice.id, message_id=sent["message_id"], text="b")
    media = [{"type": "photo", "media": "attach://a"}] * 5
    await sandbox.ok("sendMediaGroup", chat_id=alice.id, media=media, a=("a.jpg", jpeg()))
    answer = await sandbox.call("editMessageText", chat_id=alice.id, message_id=sent["message_id"], text="c")
    assert answer["parameters"] == {"retry_after": 5}


async def test_one_chat_s_flood_is_not_another_s_but_all_share_the_bot_s(sandbox: Sandbox, alice: Person) -> None:
    sandbox.clock.freeze()
    bob = await sandbox.person("Bob")
    await bob.writes("/start")
    await sandbox.control("POST", "limits", {"burst": 1, "global_per_second": 2})
    await sandbox.ok("sendMessage", chat_id=alice.id, text="a")
    assert not (await sandbox.call("sendMessage", chat_id=alice.id, text="a"))["ok"]
    await sandbox.ok("sendMessage", chat_id=bob.id, text="a")
    await sandbox.control("POST", "limits", {"burst": 100, "global_per_second": 1})
    await sandbox.ok("sendMessage", chat_id=alice.id, text="a")
    assert not (await sandbox.call("sendMessage", chat_id=bob.id, text="a"))["ok"]


async def test_limits_are_shown_and_checked(sandbox: Sandbox) -> None:
    telegram = {"chat_per_second": 1.0, "burst": 20.0, "global_per_second": 30.0}
    assert await sandbox.control("GET", "limits") == telegram
    assert await sandbox.control("POST", "limits", {"burst": 5}) == telegram | {"burst": 5}
    await sandbox.control("POST", "limits", {"burst": 0}, status=400)
    assert await sandbox.control("POST", "limits", {}) == telegram


@given(st.lists(st.floats(0, 5), max_size=60))
def test_whoever_waits_as_told_passes_and_never_faster_than_the_rate(pauses: list[float]) -> None:
    now = [0.0]
    flood = Flood(lambda: now[0])
    flood.limits = Limits(chat_per_second=1, burst=3, global_per_second=1000)
    for passed, pause in enumerate(pauses, 1):
        now[0] += pause
        wait = flood.take(1, 1)
        if wait:
            now[0] += wait
            assert flood.take(1, 1) == 0
        assert passed <= 3 + now[0] + 1e-6
