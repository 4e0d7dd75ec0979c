"""Logs: canaries planted in every way we know must not be found in a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

TOKEN = "987654321:AAcanary_token-abcdefghijklmnopqrs"
SECRET = "canary-webhook-secret"
SIGNED = "https://host/media/a.mp4?expires=1&signature=canarysignature0123456789"


@contextmanager
def logging_to_stderr(log_format: str, *, level: str = "DEBUG") -> Iterator[None]:
    root = logging.getLogger()
    before = root.level
    logs.set_up(log_format=log_format, level=level, secrets=[TOKEN, SECRET], process="test")
    ours = root.handlers[0]
    yield
    # Only ours goes: pytest's own handlers come and go with the phases of a test.
    root.removeHandler(ours)
    root.setLevel(before)
    structlog.reset_defaults()


Write = Callable[[Callable[[], None]], str]


@pytest.fixture(params=["json", "console"])
def written(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Write:
    """Runs something and gives what it logged. Set up around the call: pytest rearranges handlers between phases."""

    def run(logging_something: Callable[[], None]) -> str:
        with logging_to_stderr(request.param):
            logging_something()
        return capsys.readouterr().err

    return run


def assert_clean(text: str) -> None:
    assert text.strip()
    for canary in ("canary_token", SECRET, "canarysignature"):
        assert canary not in text


def test_it_hides_secrets_in_messages_and_fields(written: Write) -> None:
    def say() -> None:
        log = structlog.get_logger("here")
        log.info("sending", url=f"http://api/bot{TOKEN}/getMe", nested={"secret": SECRET, "links": [SIGNED]})
        log.warning("the secret is " + SECRET)

    assert_clean(written(say))


def test_it_hides_secrets_in_tracebacks(written: Write) -> None:
    def say() -> None:
        try:
            Path(f"http://api/file/bot{TOKEN}/photos/1.jpg?{SIGNED}").read_text()
        except OSError:
            structlog.get_logger("here").exception("download failed")

    text = written(say)
    assert_clean(text)
    assert "FileNotFoundError" in text


def test_it_hides_secrets_in_what_libraries_log(written: Write) -> None:
    def say() -> None:
        logging.getLogger("somebody").error("cannot reach %s with %r", f"http://api/bot{TOKEN}/x", {"k": SECRET})

    assert_clean(written(say))


@pytest.mark.parametrize(
    "shape",
    [
        "123456789:AAfreshly-issued_token-zzzzzzzzzzz",
        "sk_live_canary0123456789",
        "https://bucket/x?X-Amz-Credential=AKIA&X-Amz-Signature=0123456789abcdef",
        "postgresql://user:canary-password@host/name",
    ],
)
def test_it_hides_what_only_looks_like_a_secret(shape: str) -> None:
    line = logs.Scrubber([])(f'{{"value": "{shape}"}}')
    for canary in ("freshly", "canary", "0123456789abcdef"):
        assert canary not in line


def test_json_lines_stay_json_after_scrubbing(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to_stderr("json"):
        structlog.get_logger("here").info("sending", url=f"http://api/bot{TOKEN}/getMe?signature=abc")
    line = json.loads(capsys.readouterr().err)
    assert line["process"] == "test"
    assert line["event"] == "sending"


def test_the_correlation_id_is_on_every_line_in_its_context(written: Write) -> None:
    def say() -> None:
        with structlog.contextvars.bound_contextvars(cid="abc123"):
            structlog.get_logger("here").info("ours")
            logging.getLogger("library").info("theirs")

    ours, theirs = written(say).splitlines()
    assert "abc123" in ours
    assert "abc123" in theirs


@given(st.text(min_size=4, max_size=40).filter(lambda text: not set(text) & set("•")), st.text(max_size=40))
def test_no_known_secret_survives_whatever_stands_around_it(secret: str, around: str) -> None:
    assert secret not in logs.Scrubber([secret])(around + secret + around).replace(logs.HIDDEN, "•")


def test_lines_below_the_level_are_not_made(capsys: pytest.CaptureFixture[str]) -> None:
    class Costly:
        def __str__(self) -> str:
            raise AssertionError("nobody reads this")

    with logging_to_stderr("json", level="INFO"):
        structlog.get_logger("here").debug("a detail", of=Costly())
        structlog.get_logger("here").info("news")

    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["news"]
