"""The embedded renderer as a provider among others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from media.verify import verify_clip
from providers.base import ClipRequest, Phase, Provider, ProviderError, Status
from providers.local.provider import LocalProvider
from tests.support.photographs import jpeg

REQUEST = ClipRequest("token-1", "local-motion", jpeg(), "zoom in", "1:1", 5, 42)


@pytest.fixture
async def provider() -> AsyncIterator[LocalProvider]:
    made = LocalProvider(renders=1)
    yield made
    await made.close()


async def until(provider: Provider, external_id: str, *phases: Phase) -> Status:
    for _ in range(1200):
        status = await provider.status(external_id)
        if status.phase in phases:
            return status
        await asyncio.sleep(0.05)
    raise AssertionError(f"never {phases}, but {status}")


async def test_it_makes_what_was_ordered(provider: LocalProvider, tmp_path: Path) -> None:
    external_id = await provider.submit(REQUEST)
    await until(provider, external_id, Phase.DONE)
    await provider.fetch(external_id, tmp_path / "clip.mp4")
    facts = await verify_clip(tmp_path / "clip.mp4", expected_seconds=5, expected_width=720, expected_height=720)
    assert facts.frames == 120


async def test_the_same_token_is_the_same_work(provider: LocalProvider) -> None:
    assert await provider.submit(REQUEST) == await provider.submit(REQUEST)


async def test_progress_grows(provider: LocalProvider) -> None:
    external_id = await provider.submit(REQUEST)
    seen = []
    while (status := await provider.status(external_id)).phase in (Phase.WAITING, Phase.RUNNING):
        seen.append(status.progress or 0.0)
        await asyncio.sleep(0.02)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


async def test_work_of_another_process_is_gone(provider: LocalProvider) -> None:
    assert (await provider.status("never-heard-of")).phase is Phase.GONE


async def test_cancelling_really_stops_and_frees_the_place(provider: LocalProvider) -> None:
    first = await provider.submit(REQUEST)
    await until(provider, first, Phase.RUNNING)
    await provider.cancel(first)
    second = await provider.submit(replace(REQUEST, token="token-2"))
    await until(provider, second, Phase.RUNNING)
    assert (await provider.status(first)).phase in (Phase.GONE, Phase.CANCELLED)


async def test_cancelling_what_is_not_there_is_no_error(provider: LocalProvider) -> None:
    await provider.cancel("never-heard-of")


async def test_a_photo_it_cannot_use_is_said_and_not_tried_again(provider: LocalProvider) -> None:
    external_id = await provider.submit(replace(REQUEST, photo=b"no photo"))
    status = await until(provider, external_id, Phase.FAILED)
    assert status.error is not None
    assert not status.error.retryable


async def test_what_is_not_finished_cannot_be_fetched(provider: LocalProvider, tmp_path: Path) -> None:
    with pytest.raises(ProviderError):
        await provider.fetch("never-heard-of", tmp_path / "clip.mp4")


async def test_closing_stops_what_runs_soon() -> None:
    provider = LocalProvider(renders=1)
    await until(provider, await provider.submit(REQUEST), Phase.RUNNING)
    await asyncio.wait_for(provider.close(), 5)
