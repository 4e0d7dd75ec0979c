"""A canary in every setting that is a secret: whatever happens, none of them sings where anybody can hear it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import aiohttp
import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from bot.settings import Settings
from tests.e2e.conftest import Arrive
from tests.e2e.test_buying import pay_in_stars
from tests.e2e.test_commands import bare, bot
from tests.e2e.test_story import drafted, generated
from tests.support.bank import Bank
from tests.support.person import Person, buttons, eventually
from tests.support.photographs import jpeg
from tests.support.world import HASTY, STRIPE_KEY, STRIPE_WEBHOOK_SECRET, TOKEN, World

CANARIES = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": "canary-telegram-webhook-0123456789",
    "STRIPE_SECRET_KEY": STRIPE_KEY,
    "STRIPE_WEBHOOK_SECRET": STRIPE_WEBHOOK_SECRET,
    "RUNWAYML_API_SECRET": "key_canaryrunway0123456789",
    "RUNPOD_API_KEY": "rpa_canaryrunpod0123456789",
    "MODAL_KEY": "wk-canarymodalkey0123456789",
    "MODAL_SECRET": "ws-canarymodalsecret0123456789",
    "OPENROUTER_API_KEY": "sk-or-v1-canaryopenrouter0123456789",
}
UNPLANTED = {"SENTRY_DSN": "https://canarysentry0123456789@127.0.0.1:9/1"}
"""Set where nothing is started: with it, a process sends what fails to where it points."""
PASSWORD = "canarydatabase0123456789"
CLOSED = "127.0.0.1:9"


def besides(sandbox: str) -> dict[str, str]:
    """What must stand beside some of the keys: where the vendors are."""
    return {
        "RUNPOD_ENDPOINT_ID": "endpoint",
        "OPENROUTER_MODEL": "somebody/some-model",
        "MODAL_URL": f"{sandbox}/modal",
        "RUNWAY_API_URL": f"{sandbox}/runway",
        "RUNPOD_API_URL": f"{sandbox}/runpod",
        "OPENROUTER_API_URL": f"{sandbox}/openrouter/api/v1",
    }


def songs(keys: Mapping[str, str]) -> list[str]:
    """What must not be found: of a token, the part that is secret."""
    return [value.rpartition(":")[2] if name == "TELEGRAM_BOT_TOKEN" else value for name, value in keys.items()]


def heard(text: str, *more: str) -> list[str]:
    return [song for song in [*songs(CANARIES), PASSWORD, *more] if song in text]


def with_password(postgres_url: str) -> str:
    """The test server trusts whoever reaches it, so any password opens it."""
    return postgres_url.replace("//echoes@", f"//echoes:{PASSWORD}@", 1)


@pytest.fixture
def canary_world(tmp_path: Path, postgres_url: str, s3_url: str) -> Iterator[World]:
    world = World(tmp_path)
    public = f"http://127.0.0.1:{world.web_port}"
    world.overrides |= HASTY | CANARIES | besides(world.url) | {"TELEGRAM_MODE": "webhook", "PUBLIC_URL": public}
    world.overrides |= {"DATABASE_URL": with_password(postgres_url), "STORAGE_URL": s3_url}
    try:
        world.start()
        yield world
    finally:
        world.stop()


def test_every_secret_setting_has_a_canary() -> None:
    secrets = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}

    assert secrets == {*CANARIES, *UNPLANTED}


def test_the_log_is_told_of_every_canary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {**CANARIES, **besides(f"http://{CLOSED}"), **UNPLANTED}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", f"postgresql+psycopg://echoes:{PASSWORD}@{CLOSED}/echoes")
    monkeypatch.setenv("STRIPE_API_URL", f"http://{CLOSED}")
    settings = Settings()

    assert {*CANARIES.values(), *UNPLANTED.values(), PASSWORD} <= set(settings.secrets())
    shown = f"{settings!r} {settings}"
    assert [song for song in songs(CANARIES | UNPLANTED) if song in shown] == []
    assert isinstance(settings.telegram_bot_token, SecretStr)


def test_a_canary_that_sang_would_be_heard() -> None:
    for song in [*CANARIES.values(), PASSWORD]:
        assert heard(f'{{"event": "calling", "with": "{song}"}}'), song


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_no_canary_sings_though_everything_goes_wrong(
    canary_world: World, arrive: Arrive, session: aiohttp.ClientSession, postgres_url: str, s3_server: dict[str, str]
) -> None:
    world, alice = canary_world, await arrive(canary_world)
    await telegram_fails(session, world)
    await vendors_fail(session, world)
    await alice.say("/start")
    await alice.hears("went wrong")
    await alice.send_files(jpeg(), caption="snow")
    await alice.hears("send it again")
    await alice.tap(await drafted(alice), "Generate")
    await alice.tap(await generated(alice, await alice.hears("couldn't check")), "Approve")
    await alice.send_files(b"no picture at all", as_="document", name="canary.jpg")
    await buy(session, world, alice, postgres_url)
    await knock(session, world)
    world.kill("worker")
    world.start_worker()
    await alice.say("/credits")
    await alice.hears("disputed payment")

    told = {part: world.log(part) for part in ("web", "worker")}
    told["chat"] = str(await alice.bot_messages()) + str(alice.edits)
    told["database"] = everything_in(postgres_url)
    for place in ("metrics", "healthz", "readyz"):
        async with session.get(f"{world.public}/{place}") as answer:
            told[place] = await answer.text() + str(answer.headers)
    assert all(told.values())
    s3_secret = s3_server["product_secret_key"]
    assert {place: heard(text, s3_secret) for place, text in told.items() if heard(text, s3_secret)} == {}


async def telegram_fails(session: aiohttp.ClientSession, world: World) -> None:
    for fault in (
        {"kind": "error", "method": "sendMessage", "times": 2},
        {"kind": "html", "method": "getFile", "times": 1},
        {"kind": "drop_after", "method": "sendVideo", "times": 1},
    ):
        async with session.post(f"{world.url}/control/faults", json=fault) as answer:
            assert answer.status == 200, await answer.text()


async def vendors_fail(session: aiohttp.ClientSession, world: World) -> None:
    fault = {"kind": "error", "vendor": "openrouter", "times": 1}
    async with session.post(f"{world.url}/control/vendors/faults", json=fault) as answer:
        assert answer.status == 200, await answer.text()


async def buy(session: aiohttp.ClientSession, world: World, alice: Person, postgres_url: str) -> None:
    """A pack by card while Stripe is out of order, disputed later; and one in Stars, after a forged payment."""
    bank = Bank(session, world.url)
    await eventually(lambda: len(rows(postgres_url, "SELECT id FROM pack_links WHERE active")) == 3, "payment links")
    await alice.say("/buy")
    await alice.tap(await alice.sees_button("💳"), "💳")
    order = await alice.sees_button("I have paid")
    await bank.fault("error", call="GET /v1/checkout/sessions")
    paid = await bank.pay(order["reply_markup"]["inline_keyboard"][0][0]["url"])
    await eventually(lambda: "event waits" in world.log("web"), "an event that waits for Stripe")
    await alice.tap(order, "I have paid")
    await bank.mend()
    await alice.tap(order, "I have paid")
    await alice.hears("You got")
    async with session.post(f"{alice.chat}/forge/payment", json={"invoice_payload": "canary"}) as answer:
        assert answer.status == 200, await answer.text()
    await alice.tap(await shelf_in(alice), "⭐ 250")
    await pay_in_stars(session, alice, await alice.wait_for(lambda one: "invoice" in one))
    await bank.dispute(paid)
    await eventually(lambda: rows(postgres_url, "SELECT kind FROM reversals") == [("dispute",)], "a dispute")


async def shelf_in(alice: Person) -> dict[str, object]:
    await alice.say("/buy")
    return await alice.wait_for(lambda one: any("⭐ 250" in label for label, _ in buttons(one)))


async def knock(session: aiohttp.ClientSession, world: World) -> None:
    """Everybody who has no business there: without, with a wrong, and with somebody else's secret."""
    forged = {"id": "evt_1", "object": "event", "type": "checkout.session.completed", "livemode": False}
    doors = {
        "stripe/webhook": ({}, {"Stripe-Signature": "t=1,v1=0"}, {"Stripe-Signature": "\u00a0"}),
        "telegram/webhook": ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}),
        "media/a.mp4?expires=1&signature=wrong": ({},),
    }
    for path, attempts in doors.items():
        for headers in attempts:
            async with session.post(f"{world.public}/{path}", json=forged, headers=headers) as answer:
                assert answer.status in (400, 401, 403, 404, 405), (path, answer.status)


def rows(postgres_url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        return connection.execute(query).fetchall()


def everything_in(postgres_url: str) -> str:
    """All rows of all tables, the queue's too."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        each = [connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))) for (name,) in tables]
        return str([cursor.fetchall() for cursor in each])


@pytest.mark.parametrize("command", ["doctor", "web", "worker", "migrate"])
def test_no_canary_sings_where_nobody_can_be_reached(tmp_path: Path, command: str) -> None:
    unreachable = {
        "TELEGRAM_API_URL": f"http://{CLOSED}",
        "STRIPE_API_URL": f"http://{CLOSED}/stripe",
        "DATABASE_URL": f"postgresql+psycopg://echoes:{PASSWORD}@{CLOSED}/echoes?connect_timeout=2",
        "STORAGE_URL": f"s3://bucket?endpoint_url=http%3A%2F%2F{CLOSED}&region=us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIACANARY",
        "AWS_SECRET_ACCESS_KEY": "canarystore0123456789",
    }

    ended = bot(command, env=bare(tmp_path, **CANARIES, **besides(f"http://{CLOSED}"), **unreachable))

    assert ended.returncode != 0
    assert ended.stdout + ended.stderr
    assert heard(ended.stdout + ended.stderr, "canarystore0123456789") == []
