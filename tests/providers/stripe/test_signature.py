"""Only what Stripe signed within the last minutes is an event."""

from __future__ import annotations

import json
import time

import pytest
from stripe import WebhookSignature

from providers.payments import Forged
from providers.stripe.signature import TOLERANCE_SECONDS, verified

SECRET = "whsec_canary"
EVENT = {"id": "evt_1", "object": "event", "type": "x"}
BODY = json.dumps(EVENT)


def signed(body: str = BODY, secret: str = SECRET, *, ago: float = 0) -> str:
    return str(WebhookSignature.generate_signature_header(body, secret, int(time.time() - ago)))


def test_what_is_signed_is_an_event() -> None:
    assert verified(BODY.encode(), signed(), SECRET) == EVENT


def test_while_secrets_are_exchanged_one_good_signature_is_enough() -> None:
    header = signed(secret="whsec_old") + "," + signed().split(",")[1]

    assert verified(BODY.encode(), header.replace(header.split(",")[0], signed().split(",")[0]), SECRET) == EVENT


@pytest.mark.parametrize("ago", [TOLERANCE_SECONDS - 5, -TOLERANCE_SECONDS + 5])
def test_clocks_may_differ_a_little(ago: float) -> None:
    assert verified(BODY.encode(), signed(ago=ago), SECRET) == EVENT


@pytest.mark.parametrize("ago", [TOLERANCE_SECONDS + 5, 86_400, -TOLERANCE_SECONDS - 5, -86_400])
def test_neither_the_past_nor_the_future_is_believed(ago: float) -> None:
    with pytest.raises(Forged):
        verified(BODY.encode(), signed(ago=ago), SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=1",
        "v1=abc",
        "nonsense",
        "t=,v1=",
        f"t={int(time.time())},v1=",
        f"t={int(time.time())},v1=ключ",
        signed(secret="whsec_another"),
        signed(BODY + " "),
        signed().replace("v1=", "v0="),
    ],
    ids=(
        "none",
        "empty",
        "time",
        "sign",
        "nonsense",
        "blank",
        "now",
        "letters",
        "another secret",
        "another body",
        "v0",
    ),
)
def test_any_other_signature_is_forged(header: str | None) -> None:
    with pytest.raises(Forged):
        verified(BODY.encode(), header, SECRET)


@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_an_empty_secret_verifies_nothing(secret: str) -> None:
    with pytest.raises(Forged):
        verified(BODY.encode(), signed(secret=secret), secret)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"event"',
        "{}",
        '{"object": "event"}',
        '{"object": "event", "id": 7}',
        '{"object": "event", "id": ""}',
        json.dumps({"object": "event", "id": "e" * 121}),
        '{"object": "v2.core.event", "id": "evt_1"}',
        '{"object": "event", "id": "evt_1", "amount": NaN}',
        '{"object": "event", "id": "evt_1", "amount": -Infinity}',
        "[" * 100_000,
    ],
)
def test_what_is_signed_but_no_event_is_refused(body: str) -> None:
    with pytest.raises(Forged):
        verified(body.encode(), signed(body), SECRET)


def test_a_body_that_is_no_text_is_refused() -> None:
    with pytest.raises(Forged):
        verified(b"\xff\xfe", signed(), SECRET)


def test_nothing_of_the_body_or_the_secret_is_in_the_error() -> None:
    with pytest.raises(Forged) as error:
        verified(b'{"card": "4242"}', signed(), SECRET)

    assert "4242" not in repr(error.value)
    assert "canary" not in repr(error.value)
    assert error.value.__cause__ is None
