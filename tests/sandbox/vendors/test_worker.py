"""What our own workers take for a job."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.vendors.worker import BadJob, digest, read_job
from tests.sandbox.vendors.counter import job


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"shape": "4:3"}, "shape must be one of"),
        ({"duration_s": 0}, "duration_s must be 1 to 15"),
        ({"duration_s": 16}, "duration_s must be 1 to 15"),
        ({"duration_s": "5"}, "duration_s must be a whole number"),
        ({"duration_s": True}, "duration_s must be a whole number"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"token": None}, "token is missing"),
        ({"image_base64": None}, "one of image_base64 and image_url"),
        ({"image_url": "http://127.0.0.1/me.jpg"}, "one of image_base64 and image_url"),
        ({"prompt": 5}, "prompt must be a text"),
        ({"steps": 5}, "unknown: steps"),
    ],
    ids=str,
)
def test_a_job_of_another_form_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(BadJob, match=words):
        read_job(job(**wrong))


def test_no_object_is_no_job() -> None:
    with pytest.raises(BadJob, match="must be an object"):
        read_job([])


def test_prompt_seed_and_model_may_be_missing() -> None:
    read = read_job(job(prompt=None, seed=None, shape="9:16"))
    assert (read.prompt, read.width, read.height) == ("", 720, 1280)


def test_a_digest_tells_jobs_apart_but_not_by_token() -> None:
    assert digest(job(token="a")) == digest(job(token="b"))
    assert digest(job(seed=1)) != digest(job(seed=2))
