"""What may go wrong from outside: kills, double taps, other people's buttons, restarts, secrets in logs."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.test_story import drafted, generated
from tests.support.person import Person, buttons, eventually, words
from tests.support.photographs import jpeg
from tests.support.world import HASTY, TOKEN, World

BALANCE = "SELECT a.balance FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.telegram_id = ? AND a.kind = ?"
JOBS = "SELECT j.state FROM jobs j JOIN users u ON u.id = j.user_id WHERE u.telegram_id = ?"
LEASED = "SELECT count(*) FROM jobs WHERE lease_until > datetime('now')"
RECOVERY_SECONDS = 90.0


async def test_killing_the_worker_while_a_clip_renders_loses_nothing(own_world: World, arrive: Arrive) -> None:
    alice = await arrive(own_world, "Alice")
    card = await drafted(alice)
    await alice.tap(card, "10 s")
    card = await alice.sees_button("2 credits")
    await alice.tap(card, "Generate")
    await eventually(lambda: own_world.rows("SELECT id FROM jobs WHERE progress > 0") != [], "a clip that is drawn")
    own_world.kill("worker")
    killed = time.monotonic()
    own_world.start_worker()
    await alice.receives_video(seconds=RECOVERY_SECONDS)
    assert time.monotonic() - killed < RECOVERY_SECONDS
    await eventually(lambda: own_world.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)], "quiet")
    videos = [one for one in await alice.bot_messages() if "video" in one]
    assert len(videos) == 1
    assert own_world.rows(JOBS, alice.id) == [("succeeded",)]
    assert own_world.rows("SELECT state, count(*) FROM holds GROUP BY state") == [("captured", 1)]
    assert own_world.rows(BALANCE, alice.id, "available") == [(28,)]


async def test_killing_everything_at_once_and_starting_again_goes_on(own_world: World, arrive: Arrive) -> None:
    alice = await arrive(own_world, "Alice")
    card = await drafted(alice)
    await alice.tap(card, "Generate")
    await eventually(lambda: own_world.rows(JOBS, alice.id) == [("running",)], "a running job")
    own_world.kill("web")
    own_world.kill("worker")
    await alice.say("are you there?")
    own_world.start_web()
    own_world.start_worker()
    await alice.receives_video(seconds=RECOVERY_SECONDS)
    video = await alice.receives_video()
    await alice.tap(video, "Approve")
    await alice.wait_for(lambda one: "✓" in words(one))


async def test_a_worker_that_is_asked_to_stop_hands_over_within_25_seconds(own_world: World, arrive: Arrive) -> None:
    alice = await arrive(own_world, "Alice")
    card = await drafted(alice)
    await alice.tap(card, "Generate")
    await eventually(lambda: own_world.rows(JOBS, alice.id) == [("running",)], "a running job")
    assert own_world.end("worker") == 0
    assert own_world.rows(LEASED) == [(0,)], "the next worker would have to wait until the lease runs out"
    own_world.start_worker()
    await alice.receives_video(seconds=RECOVERY_SECONDS)


@pytest.mark.parametrize("own_world", [{"SIGNUP_CREDITS": "0"}], indirect=True)
async def test_too_few_credits_are_said_and_nothing_is_queued(own_world: World, arrive: Arrive) -> None:
    alice = await arrive(own_world, "Alice")
    card = await drafted(alice)
    answer = await alice.tap(card, "Generate")
    said = str(answer.get("text")) + " ".join(words(message) for message in await alice.bot_messages())
    assert "credit" in said.lower()
    assert own_world.rows(JOBS, alice.id) == []
    assert own_world.rows("SELECT count(*) FROM holds") == [(0,)]


async def test_fifty_taps_on_generate_make_exactly_one_job(own_world: World, arrive: Arrive) -> None:
    # While a clip is made, a tap more draws nothing: of drawings a chat takes only one a second.
    alice = await arrive(own_world, "Alice")
    card = await drafted(alice)
    data = next(data for label, data in buttons(card) if "Generate" in label)
    # Forged, because the first tap already takes the button away: a thumb is faster than the picture it sees.
    await asyncio.gather(*(alice.tap_data(card["message_id"], data, forged=True) for _ in range(50)))
    assert len(own_world.rows(JOBS, alice.id)) == 1
    await alice.receives_video(after=card["message_id"])
    assert own_world.rows(BALANCE, alice.id, "available") == [(29,)]


async def test_a_tap_on_somebody_elses_button_changes_nothing(world: World, alice: Person, bob: Person) -> None:
    card = await drafted(alice)
    await bob.say("/start")
    hello = await bob.wait_for(lambda _: True)
    for label, data in buttons(card):
        answer = await bob.tap_data(hello["message_id"], data, forged=True)
        assert answer["text"], label
    assert world.rows(JOBS, alice.id) == []
    assert world.rows(JOBS, bob.id) == []
    same = await alice.sees_button("Generate")
    assert (words(same), buttons(same)) == (words(card), buttons(card))


@pytest.mark.parametrize(
    "data", ["", "x", "d:", "d:999999999999999999999:1", "\N{PILE OF POO}" * 16, "a" * 64, ":::::"]
)
async def test_a_malformed_button_is_answered(alice: Person, data: str) -> None:
    await alice.say("/start")
    hello = await alice.wait_for(lambda _: True)
    if data:
        await alice.tap_data(hello["message_id"], data, forged=True)
    await alice.say("/help")
    await alice.hears("How it works")


@pytest.mark.parametrize("own_world", [HASTY], indirect=True)
async def test_buttons_work_after_web_and_worker_were_restarted(own_world: World, arrive: Arrive) -> None:
    alice = await arrive(own_world, "Alice")
    card = await drafted(alice)
    own_world.kill("web")
    own_world.kill("worker")
    own_world.start_web()
    own_world.start_worker()
    video = await generated(alice, card)
    assert any("Approve" in label for label, _ in buttons(video))


@pytest.mark.parametrize("own_world", [HASTY], indirect=True)
async def test_somebody_who_blocks_the_bot_still_gets_their_clip_made(own_world: World, arrive: Arrive) -> None:
    alice = await arrive(own_world, "Alice")
    card = await drafted(alice)
    own_world.kill("worker")  # else the clip could be there before they block it
    await alice.tap(card, "Generate")
    await alice.block()
    own_world.start_worker()
    await eventually(lambda: own_world.rows(JOBS, alice.id) == [("succeeded",)], "the end of the job")
    outbox = "SELECT o.state FROM outbox o JOIN users u ON u.id = o.user_id WHERE u.telegram_id = ?"
    await eventually(lambda: ("given_up",) in own_world.rows(outbox, alice.id), "giving up")


async def test_one_person_sending_a_flood_does_not_keep_another_waiting(alice: Person, bob: Person) -> None:
    await asyncio.gather(*(alice.say(f"message {number}") for number in range(60)))
    await bob.say("/help")
    begun = time.monotonic()
    await bob.hears("/")
    assert time.monotonic() - begun < 15


async def test_no_secret_is_in_any_log_and_one_id_leads_from_tap_to_message(world: World, alice: Person) -> None:
    await generated(alice, await drafted(alice))
    await alice.send_files(b"no picture at all", as_="document", name="canary.jpg")
    await alice.wait_for(lambda one: "text" in one)
    job, cid = world.rows(
        "SELECT j.id, j.correlation_id FROM jobs j JOIN users u ON u.id = j.user_id WHERE u.telegram_id = ?", alice.id
    )[0]

    def of_job() -> list[str]:
        return [line for line in world.log("worker").splitlines() if f'"{cid}"' in line]

    # It is sent when all that belongs to it is: after the video, its card was edited.
    await eventually(lambda: any("message sent" in line for line in of_job()), "the end of its sending")
    assert any("job claimed" in line and f'"job_id": {job}' in line for line in of_job())
    logs = {part: world.log(part) for part in ("web", "worker")}
    secret = TOKEN.split(":")[1]
    for part, text in logs.items():
        assert secret not in text, part
        assert "signature=" not in text, part


async def test_hostile_names_and_prompts_are_only_text(world: World, arrive: Arrive) -> None:
    name = '<b>{} %s \N{RIGHT-TO-LEFT OVERRIDE}"&'
    mallory = await arrive(world, name)
    await mallory.say("/start")
    await mallory.hears("<b>{} %s")
    for payload in ("a" * 64, "a" * 65, "\x00\x01", "ref_'; DROP TABLE users;--"):
        await mallory.say(f"/start {payload}")
    await mallory.send_files(jpeg(), caption="</b><script>{0} %d" * 10)
    card = await mallory.sees_button("Generate")
    assert "<script>" in words(card)
