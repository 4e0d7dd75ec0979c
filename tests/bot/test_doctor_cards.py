"""What the doctor says of payments by card, well and ill; Stripe is the sandbox's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import doctor_cards
from bot.ailment import Ailment
from bot.settings import Settings
from bot.wiring import open_house
from providers.payments import WebhookAddress
from services.leases import Leases
from storage import migrate
from tests.sandbox.driver import Sandbox
from tests.support.cards import KEY, SECRET, be_quick

TOKEN = "7000042:canary-telegram-token-0123456789"
WEBHOOK = "http://127.0.0.1:1/stripe/webhook"


@pytest.fixture
async def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    be_quick(monkeypatch)
    sandbox = Sandbox(tmp_path / "sandbox", TOKEN)
    await sandbox.start()
    await sandbox.control("POST", "bots", {"token": TOKEN, "username": "echo_bot", "name": "Echo"})
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def settings(sandbox: Sandbox, tmp_path: Path) -> Settings:
    url = f"sqlite+aiosqlite:///{tmp_path / 'echoes.db'}"
    migrate.upgrade(url)
    return Settings(
        _env_file=None,
        telegram_bot_token=TOKEN,
        telegram_api_url=sandbox.url,
        database_url=url,
        storage_url=f"file://{tmp_path / 'media'}",
        stripe_secret_key=KEY,
        stripe_webhook_secret=SECRET,
        stripe_api_url=f"{sandbox.url}/stripe",
        public_url="http://127.0.0.1:1",
    )


async def say(settings: Settings, name: str) -> str:
    return await doctor_cards.checks(settings)[name](settings)


async def ailment(settings: Settings, name: str) -> str:
    with pytest.raises(Ailment) as error:
        await say(settings, name)
    assert "canary" not in str(error.value)
    return str(error.value)


async def test_without_a_key_cards_are_off_and_that_is_well(settings: Settings) -> None:
    off = settings.model_copy(update={"stripe_secret_key": None})

    assert list(doctor_cards.checks(off)) == ["cards"]
    assert (await say(off, "cards")).startswith("off")


async def test_it_says_whose_money_the_key_is_for(settings: Settings) -> None:
    assert await say(settings, "cards") == "the key works, for test money"


async def test_it_says_when_stripe_cannot_be_asked(settings: Settings, sandbox: Sandbox) -> None:
    await sandbox.control("POST", "stripe/faults", {"kind": "error"})

    assert "Check STRIPE_SECRET_KEY" in await ailment(settings, "cards")
    assert "Run the doctor again" in await ailment(settings, "payment links")


async def test_it_brings_the_links_in_step(settings: Settings) -> None:
    first = await say(settings, "payment links")

    assert first.startswith("in step, after: Taster: a new link")
    assert await say(settings, "payment links") == "in step"


async def test_it_leaves_the_links_to_a_worker_where_there_is_one(settings: Settings) -> None:
    async def nobody(_job_id: int) -> None: ...

    house = open_house(settings, wake=nobody)
    assert await Leases(house.db, "worker").hold("payment links", 60.0)
    await house.close()

    assert await say(settings, "payment links") == "a worker sees to Taster, Album, Feature film"


async def test_it_looks_at_no_links_before_there_are_tables(settings: Settings, tmp_path: Path) -> None:
    bare = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{tmp_path / 'bare.db'}"})

    assert "database" in await say(bare, "payment links")


async def test_it_says_where_stripe_should_send_its_events(settings: Settings, sandbox: Sandbox) -> None:
    assert f"Stripe sends nothing to {WEBHOOK}" in await ailment(settings, "Stripe's webhook")

    await sandbox.control("POST", "stripe/endpoints", {"url": WEBHOOK, "secret": SECRET})

    assert await say(settings, "Stripe's webhook") == f"Stripe sends to {WEBHOOK}"


async def test_it_says_what_follows_without_a_webhook_or_an_address(settings: Settings) -> None:
    without = settings.model_copy(update={"stripe_webhook_secret": None})
    nowhere = settings.model_copy(update={"public_url": None})

    assert "STRIPE_WEBHOOK_SECRET" in await say(without, "Stripe's webhook")
    assert "PUBLIC_URL" in await say(nowhere, "Stripe's webhook")


@pytest.mark.parametrize(
    ("known", "what_to_do"),
    [
        ([], "Add that endpoint"),
        ([WebhookAddress("http://127.0.0.1:2/", enabled=True, types=frozenset("*"))], "Add that endpoint"),
        ([WebhookAddress(WEBHOOK, enabled=False, types=frozenset("*"))], "Enable it"),
        ([WebhookAddress(WEBHOOK, enabled=True, types=doctor_cards.NEEDED - {"refund.failed"})], "refund.failed"),
    ],
)
def test_what_is_wrong_with_an_endpoint(known: list[WebhookAddress], what_to_do: str) -> None:
    with pytest.raises(Ailment, match=what_to_do):
        doctor_cards._judge(WEBHOOK, known)


@pytest.mark.parametrize("types", [frozenset("*"), doctor_cards.NEEDED])
def test_an_endpoint_that_gets_what_is_needed_is_well(types: frozenset[str]) -> None:
    assert doctor_cards._judge(WEBHOOK, [WebhookAddress(WEBHOOK, enabled=True, types=types)])
