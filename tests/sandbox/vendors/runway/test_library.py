"""The official library as the stand-in's client: it finds what it expects, and its traps are real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import runwayml
from runwayml import AsyncRunwayML, TaskFailedError

from tests.sandbox.vendors.counter import RUNWAY_KEY, Counter, photo, picture_uri, verified

TURBO: dict[str, Any] = {"model": "gen4_turbo", "ratio": "960:960", "duration": 2}


@pytest.fixture
async def client(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncRunwayML]:
    monkeypatch.setattr("runwayml.lib.polling.POLL_TIME", 0.05)
    monkeypatch.setattr("runwayml.lib.polling.POLL_JITTER", 0.0)
    monkeypatch.setenv("RUNWAYML_BASE_URL", f"{counter.sandbox.url}/runway")
    monkeypatch.setenv("RUNWAYML_API_SECRET", RUNWAY_KEY)
    async with AsyncRunwayML(max_retries=0, _strict_response_validation=True) as client:
        yield client


async def test_a_photo_becomes_a_clip(client: AsyncRunwayML, counter: Counter, tmp_path: Path) -> None:
    created = await client.image_to_video.create(prompt_image=picture_uri(), prompt_text="snow", **TURBO)
    assert created.to_dict()["estimatedCost"] == {"credits": 10}
    done = await created.wait_for_task_output()
    assert done.status == "SUCCEEDED"
    assert done.cost.credits == 10
    facts = await verified(await counter.load(done.output[0]), tmp_path, 960, 960, 2)
    assert facts.frames == 48


async def test_an_uploaded_photo_is_as_good(client: AsyncRunwayML) -> None:
    upload = await client.uploads.create_ephemeral(file=("me.jpg", photo()))
    assert upload.uri.startswith("runway://")
    created = await client.image_to_video.create(
        prompt_image=[{"uri": upload.uri, "position": "first"}], prompt_text="snow", **TURBO
    )
    assert (await created.wait_for_task_output()).status == "SUCCEEDED"


async def test_words_alone_become_a_clip_too(client: AsyncRunwayML) -> None:
    created = await client.text_to_video.create(model="gen4.5", prompt_text="snow", ratio="1280:720", duration=5)
    assert created.to_dict()["estimatedCost"] == {"credits": 60}


async def test_waiting_ends_with_a_failure(client: AsyncRunwayML) -> None:
    created = await client.image_to_video.create(prompt_image=picture_uri(), prompt_text="gore", **TURBO)
    with pytest.raises(TaskFailedError) as failed:
        await created.wait_for_task_output()
    details = failed.value.task_details
    assert details.status == "FAILED"
    assert details.failure_code == "SAFETY.INPUT.TEXT"
    assert details.cost.credits == 10  # moderated work is charged


async def test_states_on_the_way_have_the_librarys_types(client: AsyncRunwayML, counter: Counter) -> None:
    await counter.set("runway", queue_seconds=10, render_seconds=10, concurrency=1)
    counter.sandbox.clock.freeze()
    first, second = [
        await client.image_to_video.create(prompt_image=picture_uri(), prompt_text="snow", **TURBO) for _ in range(2)
    ]
    seen = [(await client.tasks.retrieve(first.id)).status]
    counter.sandbox.clock.ahead += 15
    running = await client.tasks.retrieve(first.id)
    assert running.status == "RUNNING"
    assert running.progress == 0.5
    seen.append((await client.tasks.retrieve(second.id)).status)
    await client.tasks.delete(second.id)
    seen.append((await client.tasks.retrieve(second.id)).status)
    assert seen == ["PENDING", "THROTTLED", "CANCELLED"]


async def test_the_organisation_shows_limits_and_use(client: AsyncRunwayML, counter: Counter) -> None:
    await counter.new_task()
    organisation = await client.organization.retrieve()
    assert organisation.credit_balance == 99_990
    assert organisation.tier.models["gen4_turbo"].max_concurrent_generations == 5
    assert organisation.usage.models["gen4_turbo"].daily_generations == 1


async def test_the_librarys_own_retry_makes_a_second_task(client: AsyncRunwayML, counter: Counter) -> None:
    """No idempotency header is sent: a lost answer is paid for twice, unless retries are switched off."""
    await counter.fault("drop_after", call="submit", times=1)
    patient = client.with_options(max_retries=1)
    await patient.image_to_video.create(prompt_image=picture_uri(), prompt_text="snow", **TURBO)
    (sent,) = await counter.submissions()
    assert (sent["submissions"], len(sent["work"]), sent["billed"]) == (2, 2, 20)


async def test_refusals_raise_the_librarys_errors(client: AsyncRunwayML, counter: Counter) -> None:
    with pytest.raises(runwayml.BadRequestError, match="Validation of body failed"):
        await client.image_to_video.create(prompt_image=picture_uri(), **TURBO | {"ratio": "1:1"})
    with pytest.raises(runwayml.NotFoundError):
        await client.tasks.retrieve("7a1f4ab2-0000-0000-0000-000000000000")
    with pytest.raises(runwayml.AuthenticationError):
        await client.with_options(api_key="secret").organization.retrieve()
    await counter.set("runway", credits=9)
    with pytest.raises(runwayml.BadRequestError, match="You do not have enough credits to run this task"):
        await client.image_to_video.create(prompt_image=picture_uri(), prompt_text="snow", **TURBO)
    await counter.fault("rate_limit", times=1, retry_after=9)
    with pytest.raises(runwayml.RateLimitError) as limited:
        await client.organization.retrieve()
    assert limited.value.response.headers["Retry-After"] == "9"
