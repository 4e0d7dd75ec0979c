"""Init data of Mini Apps: only what Telegram signed for our bot, lately, names a person."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode

import pytest

from sandbox.telegram.mini_apps import init_data
from sandbox.telegram.model import Bot, Person
from webhooks.player.init_data import MAX_AGE_SECONDS, MAX_AHEAD_SECONDS, NotFromTelegram, viewer

TOKEN = "42:canary"
NOW = 1_800_000_000.0
TELLING = init_data(Bot(42, TOKEN, "bot", "Bot"), Person(7, "Ällice & Co", last_name="+1%"), NOW)


def signed(token: str = TOKEN, **changes: str) -> str:
    """Init data with other fields, and the right signature for them."""
    fields = {name: value for name, value in (dict(parse_qsl(TELLING)) | changes).items() if name != "hash"}
    listed = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    return urlencode(fields | {"hash": hmac.new(key, listed.encode(), hashlib.sha256).hexdigest()})


def refused(telling: str, *, token: str = TOKEN, now: float = NOW) -> bool:
    try:
        viewer(telling, token=token, now=now)
    except NotFromTelegram:
        return True
    return False


@pytest.mark.parametrize("telling", [TELLING, signed(), signed(start_param=""), signed(user='{"id": 7}')])
def test_what_telegram_signed_names_the_viewer(telling: str) -> None:
    assert viewer(telling, token=TOKEN, now=NOW) == 7


def test_every_field_is_signed() -> None:
    fields = parse_qsl(TELLING)
    for index, (name, value) in enumerate(fields):
        changed = [*fields[:index], (name, value[:-1] + ("b" if value.endswith("a") else "a")), *fields[index + 1 :]]
        assert refused(urlencode(changed)), name
        assert refused(urlencode(fields[:index] + fields[index + 1 :])), name
    assert refused(f"{TELLING}&more=1")
    assert refused(f"{TELLING}&auth_date={int(NOW)}")


def test_another_bots_words_count_for_nothing() -> None:
    assert refused(TELLING, token="43:canary")
    assert refused(signed("43:canary"))


def test_it_counts_for_an_hour() -> None:
    assert not refused(TELLING, now=NOW + MAX_AGE_SECONDS)
    assert refused(TELLING, now=NOW + MAX_AGE_SECONDS + 1)
    assert not refused(TELLING, now=NOW - MAX_AHEAD_SECONDS)
    assert refused(TELLING, now=NOW - MAX_AHEAD_SECONDS - 1)


@pytest.mark.parametrize("when", ["", "soon", "1e9", "-1", "٣", "9" * 30])
def test_a_time_that_is_none_is_no_time(when: str) -> None:
    assert refused(signed(auth_date=when))


@pytest.mark.parametrize("user", ["", "{", "[]", "null", "{}", '{"id": "7"}', '{"id": true}', '{"id": -7}', "[" * 9999])
def test_it_must_name_somebody(user: str) -> None:
    assert refused(signed(user=user))


@pytest.mark.parametrize("telling", ["", "&", "x", "hash=", "hash=é", "a=1&" * 60, "%ff=%ff&hash=00", "\udcff=1"])
def test_what_is_no_init_data_is_refused(telling: str) -> None:
    assert refused(telling)
