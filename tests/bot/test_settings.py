"""Settings: what must go together, what is derived, what is secret."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from services.live.values import LONGEST_CONTACT, MOST_CREDITS, MOST_FILMS, Values

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"


def settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **({"telegram_bot_token": TOKEN} | values))


def test_it_needs_nothing_but_a_token() -> None:
    assert settings().telegram_mode == "polling"


@pytest.mark.parametrize("token", ["", "abc", "123456", "123456:short", "x:abcdefghijklmnopqrstuvwxyz"])
def test_it_refuses_what_is_no_token(token: str) -> None:
    with pytest.raises(ValidationError):
        settings(telegram_bot_token=token)


@pytest.mark.parametrize(
    "half",
    [
        {},
        {"public_url": "https://echoes.example"},
        {"telegram_webhook_secret": "s3cret"},
        {"public_url": "https://echoes.example", "telegram_webhook_secret": ""},
        {"public_url": "https://echoes.example", "telegram_webhook_secret": "сек"},
    ],
)
def test_a_webhook_that_is_half_set_fails_fast(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        settings(telegram_mode="webhook", **half)


def test_a_whole_webhook_is_accepted() -> None:
    whole = settings(
        telegram_mode="webhook", public_url="https://echoes.example/", telegram_webhook_secret="s3cret-s3cret"
    )
    assert whole.public_url == "https://echoes.example"


@pytest.mark.parametrize("sandbox", ["http://127.0.0.1:8081", "http://localhost:8081", "http://[::1]:8081"])
def test_it_refuses_a_public_webhook_with_a_sandbox_behind_it(sandbox: str) -> None:
    with pytest.raises(ValidationError, match="sandbox"):
        settings(
            telegram_mode="webhook",
            public_url="https://echoes.example",
            telegram_webhook_secret="s3cret",
            telegram_api_url=sandbox,
        )


def test_a_webhook_on_this_machine_may_have_a_sandbox() -> None:
    local = settings(
        telegram_mode="webhook",
        public_url="http://127.0.0.1:8080",
        telegram_webhook_secret="s3cret",
        telegram_api_url="http://127.0.0.1:8081",
    )
    assert local.talks_to_sandbox


@pytest.mark.parametrize(
    ("database", "queue"),
    [
        ("sqlite+aiosqlite:///var/echoes.db", "sqlite:///var/echoes-queue.db"),
        ("postgresql+psycopg://u:p@host/name", "postgresql://u:p@host/name"),
    ],
)
def test_the_queue_follows_the_database(database: str, queue: str) -> None:
    assert settings(database_url=database).queue == queue


def test_an_own_queue_is_taken_as_it_is() -> None:
    assert settings(queue_url="redis://localhost/3").queue == "redis://localhost/3"


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", "1, 2,3")
    monkeypatch.setenv("ACTIVE_AI_PROVIDER", "local")
    read = settings()
    assert (read.admin_ids, read.active_ai_provider) == ((1, 2, 3), ("local",))


def test_no_secret_shows_in_what_is_printed() -> None:
    shown = repr(settings(telegram_webhook_secret="s3cret-value"))
    assert TOKEN not in shown
    assert "s3cret-value" not in shown


def test_derived_secrets_differ_by_purpose_and_by_token() -> None:
    one, other = settings(), settings(telegram_bot_token="123457:abcdefghijklmnopqrstuvwxyz")
    found = {one.derived_secret("a"), one.derived_secret("b"), other.derived_secret("a")}
    assert len(found) == 3


def test_passwords_in_addresses_count_as_secrets() -> None:
    assert "hunter22" in settings(database_url="postgresql+psycopg://u:hunter22@host/name").secrets()


RUNWAY = {"runwayml_api_secret": "key_canary"}
RUNPOD = {"runpod_api_key": "rpa_canary", "runpod_endpoint_id": "ep1"}
MODAL = {"modal_key": "wk-canary", "modal_secret": "ws-canary", "modal_url": "https://echoes.example/"}
OPENROUTER = {"openrouter_api_key": "sk-or-canary", "openrouter_model": "a/b"}


def test_vendors_stand_in_failover_order_with_their_weights() -> None:
    read = settings(active_ai_provider="runpod*3, modal ,local", **RUNPOD, **MODAL)
    assert list(read.makers.items()) == [("runpod", 3), ("modal", 1), ("local", 1)]


@pytest.mark.parametrize(
    "half", [{name: value} for whole in (RUNPOD, MODAL, OPENROUTER) for name, value in whole.items()]
)
def test_a_vendor_that_is_half_set_fails_fast_though_nobody_uses_it(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="as well"):
        settings(**half)


@pytest.mark.parametrize(
    ("active", "why"),
    [
        ("runway", "set RUNWAYML_API_SECRET, or take runway out"),
        ("local,runpod", "set RUNPOD_API_KEY, RUNPOD_ENDPOINT_ID"),
        ("modal", "set MODAL_KEY, MODAL_SECRET, MODAL_URL"),
        ("openrouter", "none of local, runway, runpod, modal"),
        ("local*0", "with a weight"),
        ("local*", "with a weight"),
        ("loc4l", "none of local"),
        ("local,local*2", "twice"),
        (",", "names nobody"),
    ],
)
def test_who_cannot_make_clips_is_said_at_start_with_what_to_do(active: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(active_ai_provider=active)


@pytest.mark.parametrize("name", ["RUNWAYML_API_SECRET", "RUNWAY_API_KEY"])
def test_runways_key_has_two_names(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "key_canary")
    read = settings(active_ai_provider="runway")
    assert read.runwayml_api_secret is not None
    assert "key_canary" in read.secrets()


def test_keys_of_vendors_are_kept_out_of_the_log() -> None:
    whole = settings(**RUNWAY, **RUNPOD, **MODAL, **OPENROUTER)
    assert {"key_canary", "rpa_canary", "wk-canary", "ws-canary", "sk-or-canary"} < set(whole.secrets())
    assert "canary" not in repr(whole).replace("ep1", "")


def test_models_that_write_stand_in_their_order() -> None:
    assert settings(**OPENROUTER | {"openrouter_model": "a/b, c/d"}).openrouter_model == ("a/b", "c/d")


@pytest.mark.parametrize(
    ("values", "opens", "address"),
    [
        ({}, False, "http://127.0.0.1:8080"),
        ({"public_url": "https://films.example/"}, True, "https://films.example"),
        ({"public_url": "http://films.example"}, False, "http://films.example"),
        ({"telegram_api_url": "http://127.0.0.1:8081", "web_port": 8099}, True, "http://127.0.0.1:8099"),
    ],
)
def test_mini_apps_need_https_or_the_sandbox(values: dict[str, Any], opens: bool, address: str) -> None:
    assert (settings(**values).opens_mini_apps, settings(**values).address) == (opens, address)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signup_credits", MOST_CREDITS),
        ("share_daily_limit", MOST_CREDITS),
        ("films_a_day", MOST_FILMS),
        ("support_contact", "@" + "x" * (LONGEST_CONTACT - 1)),
    ],
)
def test_whatever_the_environment_may_say_can_also_be_set_in_the_chat(name: str, value: Any) -> None:
    """Else a house would not open with a setting that the settings allow."""
    Values.model_validate({name: getattr(settings(**{name: value}), name)})
    with pytest.raises(ValidationError):
        settings(**{name: value + 1 if isinstance(value, int) else value + "x"})
