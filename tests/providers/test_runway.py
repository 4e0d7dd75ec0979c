from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from providers import runway as module
from providers.base import FailureReason, OutcomeUnknown, OutOfCredit, Phase, Status
from providers.runway import RunwayProvider
from tests.providers.orders import NO_PAUSES, failure_of, order, verdict
from tests.providers.stand import Stand, file, hangs_up, page, says
from tests.providers.test_images import noise
from tests.support.vendor import real_clip

KEY = "key_0123456789abcdef"
TASK = "17f20503-6c24-4c16-946b-35dbbce2af2f"
CREATE = "POST /v1/image_to_video"
GET = f"GET /v1/tasks/{TASK}"


@pytest.fixture
async def runway(stand: Stand) -> AsyncIterator[RunwayProvider]:
    provider = RunwayProvider(KEY, api_url=stand.url, pauses=NO_PAUSES)
    yield provider
    await provider.close()


def task(status: str, **fields: Any) -> Any:
    return says({"id": TASK, "status": status, "createdAt": "2026-11-21T10:00:00Z", **fields})


async def test_a_submission_is_what_runway_documents(runway: RunwayProvider, stand: Stand) -> None:
    stand.on(CREATE, says({"id": TASK, "estimatedCost": {"credits": 25}}))
    request = order(runway)

    assert await runway.submit(request) == TASK
    (asked,) = stand.asked
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.headers["X-Runway-Version"] == "2024-11-06"
    picture = asked.body.pop("promptImage")
    assert base64.b64decode(picture.removeprefix("data:image/jpeg;base64,")) == request.photo
    assert {name: value for name, value in asked.body.items() if name != "promptImage"} == {
        "model": "gen4_turbo",
        "promptText": "waves on the shore",
        "ratio": "1280:720",
        "duration": 5,
        "seed": 7,
    }


async def test_every_choice_on_offer_has_its_words_at_runway(runway: RunwayProvider, stand: Stand) -> None:
    stand.on(CREATE, says({"id": TASK}))
    for model in runway.models():
        for shape in model.shapes:
            for seconds in model.prices:
                await runway.submit(order(runway, model=model.key, shape=shape, duration_s=seconds))

    sent = {(one.body["model"], one.body["ratio"], one.body["duration"]) for one in stand.asked}
    ratios = ("1280:720", "720:1280", "960:960")
    assert sent == {(name, ratio, s) for name in ("gen4_turbo", "gen4.5") for ratio in ratios for s in (5, 10)}


async def test_prices_and_lengths_are_the_deployments_to_choose(stand: Stand) -> None:
    runway = RunwayProvider(KEY, api_url=stand.url, prices={"gen4.5": {2: 1, 8: 5}})
    assert [(model.key, model.name, model.prices) for model in runway.models()] == [
        ("runway-gen4.5", "Runway Gen-4.5", {2: 1, 8: 5})
    ]
    with pytest.raises(ValueError, match="2 to 10 seconds"):
        RunwayProvider(KEY, prices={"gen4.5": {12: 1}})


async def test_who_wrote_no_prompt_gets_one(runway: RunwayProvider, stand: Stand) -> None:
    stand.on(CREATE, says({"id": TASK}))
    await runway.submit(order(runway, prompt="  "))
    assert stand.asked[0].body["promptText"] == module.OWN_WORDS


@pytest.mark.parametrize(
    "change", [{"model": "gen4"}, {"shape": "4:3"}, {"duration_s": 7}, {"prompt": "🌊" * 501}, {"prompt": "я" * 1001}]
)
async def test_what_runway_would_refuse_is_not_sent(
    runway: RunwayProvider, stand: Stand, change: dict[str, Any]
) -> None:
    error = await failure_of(runway.submit(order(runway, **change)))
    assert (error.reason, error.retryable) == (FailureReason.BAD_INPUT, False)
    assert not stand.asked


async def test_a_prompt_may_be_a_thousand_units_long(runway: RunwayProvider, stand: Stand) -> None:
    stand.on(CREATE, says({"id": TASK}))
    await runway.submit(order(runway, prompt="🌊" * 500))
    assert stand.asked[0].body["promptText"] == "🌊" * 500


async def test_a_large_photo_is_made_to_fit(
    runway: RunwayProvider, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "URI_CHARACTERS", 300_000)
    stand.on(CREATE, says({"id": TASK}))
    await runway.submit(order(runway, photo=noise(700)))
    assert 100_000 < len(stand.asked[0].body["promptImage"]) <= 300_000


async def test_a_photo_that_cannot_be_made_to_fit_is_sent_ahead(
    runway: RunwayProvider, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "URI_CHARACTERS", 1000)
    place = {"uploadUrl": f"{stand.url}/bucket", "fields": {"key": "k1"}, "runwayUri": "runway://upload/1"}
    stand.on("POST /v1/uploads", says(place))
    stand.on("POST /bucket", says({}, 204))
    stand.on(CREATE, says({"id": TASK}))
    request = order(runway)
    await runway.submit(request)

    described, sent, created = stand.asked
    assert described.body == {"filename": "photo.jpg", "type": "ephemeral"}
    assert request.photo in sent.content
    assert created.body["promptImage"] == "runway://upload/1"


async def test_an_upload_that_fails_has_handed_nothing_over(
    runway: RunwayProvider, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "URI_CHARACTERS", 1000)
    for answer in (hangs_up, page("", 502), says({"fields": {}}), says({"fields": None}), page("<html>")):
        stand.on("POST /v1/uploads", answer)
        error = await failure_of(runway.submit(order(runway)))
        assert not isinstance(error, OutcomeUnknown)
        assert error.retryable
    assert stand.times(CREATE) == 0


async def test_a_lost_answer_is_never_made_good_by_sending_again(runway: RunwayProvider, stand: Stand) -> None:
    for answer in (hangs_up, page("", 502), page("<html>")):
        stand.on(CREATE, answer)
        assert isinstance(await failure_of(runway.submit(order(runway))), OutcomeUnknown)
    assert stand.times(CREATE) == 3
    assert not runway.resubmits_safely


async def test_an_empty_account_is_recognised(runway: RunwayProvider, stand: Stand) -> None:
    stand.on(CREATE, says({"error": "You do not have enough credits to run this task."}, 400))
    error = await failure_of(runway.submit(order(runway)))
    assert isinstance(error, OutOfCredit)
    assert (error.reason, error.retryable) == (FailureReason.INTERNAL, False)


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (400, FailureReason.BAD_INPUT, False),
        (401, FailureReason.INTERNAL, False),
        (404, FailureReason.INTERNAL, False),
        (405, FailureReason.INTERNAL, False),
        (429, FailureReason.BUSY, True),
    ],
)
async def test_refusals_are_put_into_our_words(
    runway: RunwayProvider, stand: Stand, status: int, reason: FailureReason, retryable: bool
) -> None:
    issues = [{"code": "invalid_value", "path": ["ratio"], "message": "Invalid ratio"}]
    stand.on(CREATE, says({"error": "Validation of body failed", "issues": issues}, status))
    error = await failure_of(runway.submit(order(runway)))
    assert (error.reason, error.retryable) == (reason, retryable)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (task("PENDING"), Status(Phase.WAITING)),
        (task("THROTTLED", estimatedCost={"credits": 25}), Status(Phase.WAITING)),
        (task("RUNNING", progress=0.25), Status(Phase.RUNNING, 0.25)),
        (task("RUNNING"), Status(Phase.RUNNING)),
        (task("SUCCEEDED", output=["https://x/a"], cost={"credits": 25}), Status(Phase.DONE, 1.0, cost=25.0)),
        (task("CANCELLED", cost={"credits": 12.5}), Status(Phase.CANCELLED, cost=12.5)),
        (says({"error": "Not found"}, 404), Status(Phase.GONE)),
    ],
)
async def test_each_status_has_its_phase(runway: RunwayProvider, stand: Stand, answer: Any, expected: Status) -> None:
    stand.on(GET, answer)
    assert await runway.status(TASK) == expected


@pytest.mark.parametrize(
    ("code", "reason", "retryable"),
    [
        ("SAFETY", FailureReason.REFUSED, False),
        ("SAFETY.INPUT.TEXT", FailureReason.REFUSED, False),
        ("SAFETY.OUTPUT.VIDEO", FailureReason.REFUSED, False),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", FailureReason.REFUSED, False),
        ("INPUT_PREPROCESSING.SAFETY.THIRD_PARTY", FailureReason.REFUSED, False),
        ("ASSET.INVALID", FailureReason.BAD_INPUT, False),
        ("THIRD_PARTY.INPUT_VALIDATION", FailureReason.BAD_INPUT, False),
        ("INTERNAL.BAD_OUTPUT.CODE01", FailureReason.BAD_RESULT, False),
        ("INPUT_PREPROCESSING.INTERNAL", FailureReason.UNAVAILABLE, True),
        ("INTERNAL", FailureReason.UNAVAILABLE, True),
        ("INTERNAL.SOMETHING", FailureReason.UNAVAILABLE, True),
        ("THIRD_PARTY.UNAVAILABLE", FailureReason.UNAVAILABLE, True),
        (None, FailureReason.UNAVAILABLE, True),
        ("BRAND.NEW", FailureReason.UNAVAILABLE, False),
        ("INTERNALS", FailureReason.UNAVAILABLE, False),
    ],
)
async def test_each_failure_code_has_its_meaning(
    runway: RunwayProvider, stand: Stand, code: str | None, reason: FailureReason, retryable: bool
) -> None:
    stand.on(GET, task("FAILED", failure="Something happened", failureCode=code, cost={"credits": 25}))
    status = await runway.status(TASK)
    assert (status.phase, status.cost) == (Phase.FAILED, 25.0)
    assert verdict(status) == (reason, retryable)


@pytest.mark.parametrize(
    "answer",
    [
        hangs_up,
        page("<html>", 502),
        page("<html>"),
        says({}, 401),
        says({}, 429),
        says({"id": TASK, "status": "DREAMING"}),
        says({"id": TASK}),
        says({"id": "somebody-else", "status": "SUCCEEDED", "output": ["https://x/a"]}),
    ],
)
async def test_not_being_told_is_no_verdict(runway: RunwayProvider, stand: Stand, answer: Any) -> None:
    stand.on(GET, answer)
    assert (await failure_of(runway.status(TASK))).retryable


async def test_cancelling_deletes_the_task_and_does_not_mind_when_there_is_none(
    runway: RunwayProvider, stand: Stand
) -> None:
    stand.on(f"DELETE /v1/tasks/{TASK}", page("", 204), says({"error": "Not found"}, 404))
    await runway.cancel(TASK)
    await runway.cancel(TASK)
    assert stand.times(f"DELETE /v1/tasks/{TASK}") == 2


async def test_a_finished_clip_is_copied(runway: RunwayProvider, stand: Stand, tmp_path: Path) -> None:
    stand.on(GET, task("SUCCEEDED", output=[f"{stand.url}/out.mp4?sig=1"]))
    stand.on("GET /out.mp4", file(real_clip()))
    await runway.fetch(TASK, tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").read_bytes() == real_clip()


async def test_for_an_address_that_has_expired_a_new_one_is_had(
    runway: RunwayProvider, stand: Stand, tmp_path: Path
) -> None:
    stand.on(GET, *(task("SUCCEEDED", output=[f"{stand.url}/{name}.mp4"]) for name in ("old", "new")))
    stand.on("GET /old.mp4", page("<Error/>", 403))
    stand.on("GET /new.mp4", file(real_clip()))
    await runway.fetch(TASK, tmp_path / "clip.mp4")
    assert (tmp_path / "clip.mp4").read_bytes() == real_clip()


@pytest.mark.parametrize("output", [None, [], [7], "https://x/a"])
async def test_success_without_a_clip_is_told(
    runway: RunwayProvider, stand: Stand, tmp_path: Path, output: object
) -> None:
    stand.on(GET, task("SUCCEEDED", output=output))
    error = await failure_of(runway.fetch(TASK, tmp_path / "clip.mp4"))
    assert (error.reason, error.retryable) == (FailureReason.BAD_RESULT, True)
    assert stand.times(GET) == len(NO_PAUSES) + 1


async def test_a_clip_at_a_private_address_is_not_asked_for_twice(
    runway: RunwayProvider, stand: Stand, tmp_path: Path
) -> None:
    stand.on(GET, task("SUCCEEDED", output=["https://169.254.169.254/latest/meta-data/"]))
    assert not (await failure_of(runway.fetch(TASK, tmp_path / "clip.mp4"))).retryable
    assert stand.times(GET) == 1


async def test_no_key_no_photo_and_no_address_is_ever_told(
    runway: RunwayProvider, stand: Stand, tmp_path: Path
) -> None:
    request = replace(order(runway), prompt="a secret wish")
    photo = base64.b64encode(request.photo).decode()[:60]
    echo = {"error": f"bad promptImage data:image/jpeg;base64,{photo} for key {KEY * 3}"}
    stand.on(CREATE, says(echo, 400), says(echo, 500), hangs_up)
    failed = {"failure": f"see https://x.example/a?sig=s3cr3t {photo}", "failureCode": "INTERNAL"}
    stand.on(GET, task("FAILED", **failed), *[task("SUCCEEDED", output=[f"{stand.url}/o.mp4?sig=s3cr3t"])] * 5)
    with capture_logs() as lines:
        told = [await failure_of(runway.submit(request)) for _ in range(3)]
        told += [(await runway.status(TASK)).error, await failure_of(runway.fetch(TASK, tmp_path / "clip.mp4"))]  # type: ignore[list-item]

    everything = f"{lines} {[repr(error) for error in told]}"
    assert "vendor failed" in everything
    for secret in (KEY, photo[:40], "s3cr3t", "secret wish", "https://"):
        assert secret not in everything


async def test_a_clip_that_is_gone_is_told(runway: RunwayProvider, tmp_path: Path) -> None:
    error = await failure_of(runway.fetch(TASK, tmp_path / "clip.mp4"))
    assert (error.reason, error.retryable) == (FailureReason.UNAVAILABLE, False)
