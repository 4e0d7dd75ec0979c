from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from providers.base import FailureReason, OutOfCredit, ProviderError
from providers.remote.answers import MOST_WORDS, Answer, amount, clean, refusal, retry_after, share


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer("vendor", status, "application/json", headers, content)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a": 1'])
def test_what_is_no_object_is_told_and_may_be_asked_for_again(body: bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        answer(body).fields()
    assert (caught.value.reason, caught.value.retryable) == (FailureReason.UNAVAILABLE, True)
    assert answer(body).maybe() == {}


@pytest.mark.parametrize("value", [None, "", 7, ["x"], {}])
def test_a_field_that_is_no_text_is_told(value: object) -> None:
    with pytest.raises(ProviderError, match="without id"):
        answer({"id": value}).text("id")


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (400, FailureReason.BAD_INPUT, False),
        (401, FailureReason.INTERNAL, False),
        (403, FailureReason.INTERNAL, False),
        (404, FailureReason.INTERNAL, False),
        (302, FailureReason.INTERNAL, False),
        (408, FailureReason.UNAVAILABLE, True),
        (413, FailureReason.BAD_INPUT, False),
        (422, FailureReason.BAD_INPUT, False),
        (429, FailureReason.BUSY, True),
        (500, FailureReason.UNAVAILABLE, True),
        (503, FailureReason.UNAVAILABLE, True),
        (529, FailureReason.UNAVAILABLE, True),
    ],
)
def test_each_status_has_its_meaning(status: int, reason: FailureReason, retryable: bool) -> None:
    error = refusal(answer({}, status))
    assert (error.reason, error.retryable, error.provider) == (reason, retryable, "vendor")


def test_an_empty_account_is_known_from_other_troubles() -> None:
    error = refusal(answer({"error": {"message": "pay up"}}, 402))
    assert isinstance(error, OutOfCredit)
    assert not error.retryable
    assert "pay up" in str(error)


def test_a_vendor_says_when_to_come_back() -> None:
    error = refusal(answer({}, 429, **{"Retry-After": "7"}))
    assert (error.retryable, error.retry_after) == (True, 7.0)


def test_who_wants_hours_of_patience_is_not_asked_again() -> None:
    error = refusal(answer({}, 429, **{"Retry-After": "7200"}))
    assert (error.reason, error.retryable, error.retry_after) == (FailureReason.BUSY, False, 7200.0)


@pytest.mark.parametrize("header", [None, "", "soon", "nan", "inf"])
def test_a_time_to_wait_that_is_none_is_ignored(header: str | None) -> None:
    assert retry_after(header) is None


def test_a_time_to_wait_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < (retry_after(later) or 0) <= 60
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert retry_after("-5") == 0.0


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0.0), (0.4, 0.4), (1, 1.0), (40, 0.4), (100, 1.0), (101, 1.0), (-1, None), ("0.4", None), (True, None)],
)
def test_progress_is_read_tolerantly(value: object, expected: float | None) -> None:
    assert share(value) == expected


def test_what_is_no_number_is_no_amount() -> None:
    assert [amount(value) for value in (12, 0.5, float("nan"), float("inf"), None, "12")] == [12.0, 0.5, *[None] * 4]


def test_a_vendors_words_come_without_what_must_stay_secret() -> None:
    words = clean(
        "promptImage data:image/jpeg;base64,/9j/4AAQ is bad, see https://x.example/y?sig=1 and " + "A1b2" * 12 + " end"
    )
    assert words == "promptImage … is bad, see … and … end"
    assert len(clean("word " * 1000)) == MOST_WORDS


@pytest.mark.parametrize(
    "body",
    [{"error": "no"}, {"error": {"message": "no"}}, {"message": "no"}, {"detail": "no"}, {"error": "", "detail": "no"}],
)
def test_words_are_found_where_vendors_put_them(body: dict[str, Any]) -> None:
    assert answer(body, 400).words() == "no"


def test_no_words_are_no_trouble() -> None:
    assert [answer(body, 400).words() for body in (b"<html>", {}, {"error": [1]}, {"error": {"message": 5}})] == [
        ""
    ] * 4
