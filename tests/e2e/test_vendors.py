"""Clips by each vendor, through real processes and the sandbox's vendors; and what becomes of those that fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.test_story import drafted, generated
from tests.support.person import Message, Person, buttons, eventually, words
from tests.support.world import HASTY, World

WITH_RUNPOD, WITH_MODAL = "runway,local,runpod", "runway,local,modal"
"""Two worlds and no more: to start one costs seconds. This machine helps Runway out."""
WRITER = {"OPENROUTER_API_KEY": "sk-or-v1-canarywriter", "OPENROUTER_MODEL": "somebody/some-model"}
LONG_AGO, FAR_AHEAD = "2000-01-01 00:00:00.000000", "2999-01-01 00:00:00.000000"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with keys for all vendors; `work_with` says who is active."""
    world = World(tmp_path_factory.mktemp("studio"))
    world.overrides = {
        **HASTY,
        "PUBLIC_URL": world.public,
        "ACTIVE_AI_PROVIDER": WITH_RUNPOD,
        "RUNWAYML_API_SECRET": "key_canaryrunway",
        "RUNWAY_API_URL": f"{world.url}/runway",
        "RUNPOD_API_KEY": "rpa_canaryrunpod",
        "RUNPOD_ENDPOINT_ID": "echoes",
        "RUNPOD_API_URL": f"{world.url}/runpod/v2",
        "MODAL_KEY": "wk-canarymodal",
        "MODAL_SECRET": "ws-canarymodal",
        "MODAL_URL": f"{world.url}/modal",
    }
    try:
        world.start()
        yield world
    finally:
        world.stop()


def work_with(world: World, active: str, **settings: str) -> None:
    """Start web and worker anew with other settings, where they differ; and no vendor is at rest."""
    wanted = world.overrides | {"ACTIVE_AI_PROVIDER": active} | settings
    world.execute("DELETE FROM vendors")
    if wanted == world.overrides:
        return
    world.overrides = wanted
    starts = world.log("worker").count("worker is ready")
    for part in ("web", "worker"):
        world.end(part)
    world.start_web()
    world.start_worker()
    world.wait_until_ready()
    world.wait_for_log("worker", "worker is ready", times=starts + 1)


class Counter:
    """Behind the vendors' counter."""

    def __init__(self, session: aiohttp.ClientSession, world: World) -> None:
        self._session, self._root = session, f"{world.url}/control/vendors"

    async def get(self, path: str) -> Any:
        return await self._call("GET", path)

    async def post(self, path: str, **fields: Any) -> Any:
        return await self._call("POST", path, fields)

    async def set(self, vendor: str, **settings: Any) -> None:
        await self._call("PATCH", vendor, settings)

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(method, f"{self._root}/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@pytest.fixture
async def counter(session: aiohttp.ClientSession, studio: World) -> Counter:
    counter = Counter(session, studio)
    await counter.post("reset")
    return counter


def job_of(world: World, person: Person, what: str) -> Any:
    """A column of somebody's newest job."""
    found = world.rows(
        f"SELECT {what} FROM jobs JOIN users ON users.id = jobs.user_id WHERE telegram_id = ? ORDER BY jobs.id DESC",  # noqa: S608 - names of ours
        person.id,
    )
    return found[0][0] if found else None


async def wan(person: Person) -> Message:
    """The card of a draft that our own worker is to make."""
    await person.tap(await drafted(person), "Wan")
    return await person.sees_button("Generate · 2 credits")


async def test_runway_makes_a_clip_for_the_price_on_the_button(studio: World, counter: Counter, arrive: Arrive) -> None:
    work_with(studio, WITH_RUNPOD)
    alice = await arrive(studio, "Alice")
    card = await drafted(alice)
    assert [label for label, _ in buttons(card)][:3] == ["✓ Runway Gen-4 Turbo", "Runway Gen-4.5", "Echoes Motion"]

    await alice.tap(card, "Echoes Motion")
    await alice.sees_button("Generate · 1 credit")
    await alice.tap(card, "Runway Gen-4 Turbo")
    card = await alice.sees_button("Generate · 3 credits")
    video = await generated(alice, card)

    assert "3 credits" in words(video)
    assert (video["video"]["width"], video["video"]["duration"]) == (1280, 5)
    assert job_of(studio, alice, "jobs.provider || ' ' || jobs.cost") == "runway 25.0"
    assert [one["submissions"] for one in await counter.get("submissions")] == [1]


async def test_a_submission_nobody_can_tell_of_is_never_repeated_and_gives_the_credits_back(
    studio: World, counter: Counter, arrive: Arrive
) -> None:
    work_with(studio, WITH_RUNPOD)
    alice = await arrive(studio, "Alice")
    await counter.post("faults", kind="drop_after", vendor="runway", call="submit")
    await alice.tap(await drafted(alice), "Generate")
    await eventually(lambda: job_of(studio, alice, "jobs.state") == "unknown", "a lost answer")

    studio.execute("UPDATE jobs SET deadline_at = ? WHERE state = 'unknown'", LONG_AGO)

    await alice.hears("3 credits are back in your balance")
    await alice.sees_button("Try again · 3 credits")
    assert job_of(studio, alice, "jobs.state || ' ' || jobs.failure_reason") == "failed timed_out"
    assert [one["submissions"] for one in await counter.get("submissions?vendor=runway")] == [1]


async def test_runpod_s_webhook_has_it_asked_at_once(studio: World, counter: Counter, arrive: Arrive) -> None:
    work_with(studio, WITH_RUNPOD)
    alice = await arrive(studio, "Alice")
    await counter.set("runpod", render_seconds=600.0)
    card = await wan(alice)
    await alice.tap(card, "Generate")
    await eventually(lambda: job_of(studio, alice, "jobs.next_poll_at"), "a job at the vendor")
    studio.execute("UPDATE jobs SET next_poll_at = ? WHERE state = 'running'", FAR_AHEAD)

    [work] = await counter.get("work?vendor=runpod")
    await counter.post(f"work/{work['id']}", status="done")

    await alice.receives_video(after=card["message_id"])
    assert [call["status"] for call in await counter.get("calls?call=webhook")] == [200]
    assert "vendor says there is news" in studio.log("web")


async def test_when_runway_has_no_credit_this_machine_does_it_for_less_and_the_owner_is_told(
    studio: World, counter: Counter, arrive: Arrive
) -> None:
    olga = await arrive(studio, "Olga")
    await olga.say("/start")
    await olga.hears("Olga")
    work_with(studio, WITH_MODAL, ADMIN_IDS=str(olga.id))
    alice = await arrive(studio, "Alice")
    await counter.post("faults", kind="no_credit", vendor="runway")

    video = await generated(alice, await drafted(alice))

    assert "for 1 credit instead of 3, 29 left" in words(video)
    assert job_of(studio, alice, "jobs.provider || ' ' || jobs.charge") == "local 1"
    await olga.hears("Runway refuses work")
    for part in ("web", "worker"):
        assert "canary" not in studio.log(part)


async def test_modal_makes_a_clip(studio: World, counter: Counter, arrive: Arrive) -> None:
    work_with(studio, WITH_MODAL)
    alice = await arrive(studio, "Alice")
    await generated(alice, await wan(alice))
    assert job_of(studio, alice, "jobs.provider || ' ' || jobs.price") == "modal 2"


async def test_words_are_made_better_and_looked_at_before_anything_is_spent(
    studio: World, counter: Counter, arrive: Arrive
) -> None:
    work_with(studio, WITH_MODAL, **WRITER, OPENROUTER_API_URL=f"{studio.url}/openrouter/api/v1")
    alice, bob = await arrive(studio, "Alice"), await arrive(studio, "Bob")
    await alice.tap(await drafted(alice, "falling snow"), "Improve my words")
    await alice.tap(await alice.sees_button("Use it"), "Use it")
    better = await alice.wait_for(
        lambda one: "falling snow, soft natural light" in words(one) and "Costs" in words(one)
    )

    video = await generated(alice, better)
    await bob.tap(await drafted(bob, "a nude statue"), "Generate")

    assert "falling snow, soft natural light" in words(video)
    await bob.hears("I can't make a clip of this photo with these words.")
    held = "SELECT h.id FROM holds h JOIN users u ON u.id = h.user_id WHERE u.telegram_id = ?"
    assert len(studio.rows(held, alice.id)) == 1
    assert studio.rows(held, bob.id) == []
    asked = await counter.get("calls?vendor=openrouter")
    assert [call["status"] for call in asked] == [200, 200, 200]
