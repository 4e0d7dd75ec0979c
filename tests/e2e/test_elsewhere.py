"""The same story on other settings: by webhook, and on PostgreSQL with S3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.test_resilience import RECOVERY_SECONDS
from tests.e2e.test_story import drafted, generated
from tests.support.person import eventually, words
from tests.support.world import HASTY, World, free_port, running


@pytest.fixture
def webhook_world(tmp_path: Path) -> Iterator[World]:
    port = free_port()
    by_webhook = {
        "TELEGRAM_MODE": "webhook",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TELEGRAM_WEBHOOK_SECRET": "canary-webhook-secret",
        "WEB_PORT": str(port),
        **HASTY,
    }
    with running(tmp_path, **by_webhook) as world:
        yield world


@pytest.fixture
def big_world(tmp_path: Path, postgres_url: str, s3_url: str) -> Iterator[World]:
    with running(tmp_path, DATABASE_URL=postgres_url, STORAGE_URL=s3_url) as world:
        yield world


async def test_a_photo_becomes_a_clip_by_webhook(webhook_world: World, arrive: Arrive) -> None:
    alice = await arrive(webhook_world, "Alice")
    video = await generated(alice, await drafted(alice))
    await alice.tap(video, "Approve")
    await alice.wait_for(lambda one: "✓" in words(one))
    assert "canary-webhook-secret" not in webhook_world.log("web")


async def test_updates_sent_while_web_is_down_arrive_afterwards(webhook_world: World, arrive: Arrive) -> None:
    alice = await arrive(webhook_world, "Alice")
    webhook_world.kill("web")
    await alice.say("/help")
    webhook_world.start_web()
    await alice.hears("/credits")


async def test_a_photo_becomes_a_clip_on_postgresql_and_s3_though_a_worker_is_killed(
    big_world: World, postgres_url: str, arrive: Arrive
) -> None:
    alice = await arrive(big_world, "Alice")
    first = await generated(alice, await drafted(alice))
    await alice.tap(first, "Again")
    await eventually(lambda: states(postgres_url) == ["running", "succeeded"], "a running job")
    big_world.kill("worker")
    big_world.start_worker()
    await alice.receives_video(after=first["message_id"], seconds=RECOVERY_SECONDS)
    assert states(postgres_url) == ["succeeded", "succeeded"]


def states(postgres_url: str) -> list[str]:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        return [row[0] for row in connection.execute("SELECT state FROM jobs ORDER BY state")]
