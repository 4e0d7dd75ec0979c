from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from media.verify import verify_clip
from providers.base import ClipRequest, FailureReason, Phase, Provider, ProviderError, Status
from providers.local import provider as module
from providers.local.provider import LocalProvider
from providers.local.render import SIZES, render
from tests.media.photographs import encoded, photograph

REQUEST = ClipRequest(
    token="token-1",
    model="local-motion",
    photo=encoded(photograph()),
    prompt="zoom in",
    shape="16:9",
    duration_s=5,
    seed=7,
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "16:9", (160, 90))


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalProvider]:
    provider = LocalProvider(renders=1, folder=tmp_path)
    yield provider
    await provider.close()


class Gate:
    """Holds renderings at their first frame, so that a test knows where they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived, self.open, self.count = threading.Event(), threading.Event(), 0
        monkeypatch.setattr(module, "render", self)

    def __call__(self, *args: Any, on_progress: Any, wants_stop: Any, **options: Any) -> None:
        self.count += 1

        def progress(done: float) -> None:
            on_progress(done)
            self.arrived.set()
            while not self.open.wait(0.01) and not wants_stop():
                pass

        render(*args, on_progress=progress, wants_stop=wants_stop, **options)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


async def finished(provider: Provider, external_id: str) -> Status:
    status = await provider.status(external_id)
    async with asyncio.timeout(20):
        while status.phase in {Phase.WAITING, Phase.RUNNING}:
            await asyncio.sleep(0.01)  # asking again and again is what the protocol is
            status = await provider.status(external_id)
    return status


async def test_it_renders_the_clip_that_was_ordered(local: LocalProvider, tmp_path: Path) -> None:
    external_id = await local.submit(REQUEST)

    assert await finished(local, external_id) == Status(Phase.DONE, 1.0)
    await local.fetch(external_id, tmp_path / "clip.mp4")
    await local.fetch(external_id, tmp_path / "once more.mp4")  # as after a crash between download and store
    facts = await verify_clip(tmp_path / "once more.mp4", expected_seconds=5, expected_width=160)
    assert facts.frames == 120


async def test_a_clip_is_shown_waiting_then_running_with_progress(local: LocalProvider, gate: Gate) -> None:
    first = await local.submit(REQUEST)
    second = await local.submit(replace(REQUEST, token="token-2"))
    await asyncio.to_thread(gate.arrived.wait)

    running = await local.status(first)
    assert running.phase is Phase.RUNNING
    assert running.progress == pytest.approx(1 / 120)
    assert (await local.status(second)).phase is Phase.WAITING
    gate.open.set()


async def test_one_token_is_one_piece_of_work(local: LocalProvider, gate: Gate) -> None:
    ids = {await local.submit(REQUEST) for _ in range(20)}
    gate.open.set()
    external_id = ids.pop()
    await finished(local, external_id)

    assert not ids
    assert await local.submit(REQUEST) == external_id
    assert gate.count == 1


async def test_a_token_may_be_any_text(local: LocalProvider, tmp_path: Path) -> None:
    external_id = await local.submit(replace(REQUEST, token="../../etc/\0" + "x" * 5000))

    assert (await finished(local, external_id)).phase is Phase.DONE


async def test_it_knows_nothing_of_work_of_another_process(local: LocalProvider, tmp_path: Path) -> None:
    assert await local.status("unknown") == Status(Phase.GONE)
    await local.cancel("unknown")
    with pytest.raises(ProviderError) as caught:
        await local.fetch("unknown", tmp_path / "clip.mp4")
    assert caught.value.retryable


async def test_cancelling_stops_the_rendering_and_removes_what_it_wrote(
    local: LocalProvider, gate: Gate, tmp_path: Path
) -> None:
    external_id = await local.submit(REQUEST)
    await asyncio.to_thread(gate.arrived.wait)

    await local.cancel(external_id)
    assert await local.status(external_id) == Status(Phase.CANCELLED)
    after = await local.submit(replace(REQUEST, token="next"))  # the one thread is free again: no clip was finished
    gate.open.set()
    await finished(local, after)

    assert len(list(tmp_path.rglob("*.mp4"))) == 1
    with pytest.raises(ProviderError):
        await local.fetch(external_id, tmp_path / "clip.mp4")


async def test_cancelling_what_waits_keeps_it_from_starting(local: LocalProvider, gate: Gate) -> None:
    await local.submit(REQUEST)
    waiting = await local.submit(replace(REQUEST, token="token-2"))
    await local.cancel(waiting)
    gate.open.set()

    assert (await finished(local, waiting)).phase is Phase.CANCELLED


async def test_cancelling_what_is_finished_changes_nothing(local: LocalProvider, tmp_path: Path) -> None:
    external_id = await local.submit(REQUEST)
    await finished(local, external_id)
    await local.cancel(external_id)

    assert (await local.status(external_id)).phase is Phase.DONE
    await local.fetch(external_id, tmp_path / "clip.mp4")


async def test_what_was_cancelled_can_be_wanted_again(local: LocalProvider, gate: Gate) -> None:
    external_id = await local.submit(REQUEST)
    await asyncio.to_thread(gate.arrived.wait)
    await local.cancel(external_id)
    gate.open.set()

    assert await local.submit(REQUEST) == external_id
    assert (await finished(local, external_id)).phase is Phase.DONE


async def test_a_photo_that_cannot_be_used_fails_for_good(local: LocalProvider) -> None:
    status = await finished(local, await local.submit(replace(REQUEST, photo=b"no photo")))

    assert status.phase is Phase.FAILED
    assert status.error is not None
    assert (status.error.reason, status.error.retryable) == (FailureReason.BAD_INPUT, False)


async def test_a_fault_of_the_renderer_is_told_and_may_be_tried_again(
    local: LocalProvider, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(_photo: bytes, _plan: object, into: Path, **_options: object) -> None:
        into.write_bytes(b"half a clip")
        raise OSError("No space left on device")

    monkeypatch.setattr(module, "render", broken)
    status = await finished(local, await local.submit(REQUEST))

    assert status.error is not None
    assert (status.error.reason, status.error.retryable) == (FailureReason.INTERNAL, True)
    assert list(tmp_path.rglob("*.mp4")) == []


@pytest.mark.parametrize("change", [{"model": "gen4"}, {"duration_s": 7}, {"shape": "4:3"}])
async def test_it_refuses_what_it_does_not_offer(local: LocalProvider, change: dict[str, Any]) -> None:
    with pytest.raises(ProviderError) as caught:
        await local.submit(replace(REQUEST, **change))

    assert (caught.value.reason, caught.value.retryable) == (FailureReason.BAD_INPUT, False)


async def test_it_is_busy_when_too_many_wait(local: LocalProvider, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    await local.submit(REQUEST)
    await local.submit(replace(REQUEST, token="token-2"))
    with pytest.raises(ProviderError) as caught:
        await local.submit(replace(REQUEST, token="token-3"))

    assert (caught.value.reason, caught.value.retryable) == (FailureReason.BUSY, True)
    assert await local.submit(REQUEST)  # what is known already is no new work


async def test_finished_clips_go_after_a_while(
    local: LocalProvider, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    external_id = await local.submit(REQUEST)
    await finished(local, external_id)
    monkeypatch.setattr(module, "KEEP_SECONDS", -1.0)
    await local.submit(replace(REQUEST, token="token-2", photo=b"no photo"))

    assert (await local.status(external_id)).phase is Phase.GONE
    assert list(tmp_path.rglob("*.mp4")) == []


async def test_closing_stops_all_work_and_leaves_nothing(tmp_path: Path, gate: Gate) -> None:
    provider = LocalProvider(renders=2, folder=tmp_path)
    for number in range(5):
        await provider.submit(replace(REQUEST, token=f"token-{number}"))
    await asyncio.to_thread(gate.arrived.wait)

    await provider.close()

    assert list(tmp_path.iterdir()) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("render")]


async def test_what_it_offers_can_be_ordered(local: LocalProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    (model,) = local.models()
    assert (model.provider, set(model.prices), set(model.shapes)) == (local.name, {5, 10}, set(SIZES))
    monkeypatch.setattr(module, "render", lambda *_args, **_options: None)

    for shape in model.shapes:
        for duration in model.prices:
            order = replace(REQUEST, token=f"{shape} {duration}", shape=shape, duration_s=duration, model=model.key)
            assert (await finished(local, await local.submit(order))).phase is Phase.DONE
