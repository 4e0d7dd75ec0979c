"""What the doctor looks at where payments by card are on: Stripe's key, the links, and how Stripe's events come."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from bot.ailment import Ailment
from bot.settings import Settings
from bot.wiring import House, open_house
from providers.payments import CardDesk, PaymentError, WebhookAddress
from services.leases import Leases
from storage import migrate

Check = Callable[[Settings], Awaitable[str]]
LEASE_SECONDS = 120.0
NEEDED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "charge.refunded",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
"""Events without which something would be found an hour late."""


def checks(settings: Settings) -> dict[str, Check]:
    """None where there is no key: cards are off, and that is no ailment."""
    if settings.stripe_secret_key is None:
        return {"cards": _off}
    return {"cards": _key, "payment links": _links, "Stripe's webhook": _webhook}


async def _off(_settings: Settings) -> str:
    return "off. To take them, set STRIPE_SECRET_KEY"


async def _key(settings: Settings) -> str:
    async def ask(house: House) -> str:
        await _desk(house).open_links()
        return f"the key works, for {'real' if settings.stripe_livemode else 'test'} money"

    return await _asked(settings, ask, "Check STRIPE_SECRET_KEY (it must be allowed to read and write Payment Links)")


async def _links(settings: Settings) -> str:
    """Brings them in step as well: that is what to do about it."""
    if not migrate.is_current(settings.database_url):
        return "not looked at before the database is current"

    async def keep(house: House) -> str:
        if house.card_rail is None:
            raise Ailment("cards are off")
        leases = Leases(house.db, f"doctor:{secrets.token_hex(4)}")
        if not await leases.hold("payment links", LEASE_SECONDS):
            waiting = await house.card_rail.links.waiting()
            return f"a worker sees to {'them' if not waiting else ', '.join(waiting)}"
        try:
            kept = await house.card_rail.links.keep(look=True)
        finally:
            await leases.let_go("payment links")
        if kept.failed:
            raise Ailment(f"{'; '.join(kept.failed)}. Change the pack, or the account's settings at Stripe")
        return f"in step{', after: ' + '; '.join(kept.done) if kept.done else ''}"

    return await _asked(settings, keep, "Run the doctor again when Stripe can be reached")


async def _webhook(settings: Settings) -> str:
    if settings.stripe_webhook_secret is None:
        return "off: payments are found by asking Stripe, within two minutes. For less, set STRIPE_WEBHOOK_SECRET"
    if settings.public_url is None:
        return "its secret is set; without PUBLIC_URL it cannot be said whether Stripe has the right address"
    address = f"{settings.public_url}/stripe/webhook"

    async def look(house: House) -> str:
        return _judge(address, await _desk(house).webhook_addresses())

    return await _asked(settings, look, "The key must be allowed to read Webhook Endpoints")


def _judge(address: str, known: list[WebhookAddress]) -> str:
    here = [one for one in known if one.url == address]
    if not here:
        raise Ailment(f"Stripe sends nothing to {address}. Add that endpoint in its Dashboard, under Webhooks")
    enabled = [one for one in here if one.enabled]
    if not enabled:
        raise Ailment(f"the endpoint {address} is disabled. Enable it in Stripe's Dashboard")
    missing = min((NEEDED - one.types for one in enabled if "*" not in one.types), key=len, default=frozenset())
    if missing and not any("*" in one.types for one in enabled):
        raise Ailment(f"the endpoint {address} does not get {', '.join(sorted(missing))}. Add these events to it")
    return f"Stripe sends to {address}"


async def _asked(settings: Settings, ask: Callable[[House], Awaitable[str]], what_to_do: str) -> str:
    house = open_house(settings, wake=_nobody)
    try:
        return await ask(house)
    except PaymentError as error:
        raise Ailment(f"{error}. {what_to_do}") from None
    finally:
        await house.close()


def _desk(house: House) -> CardDesk:
    if house.card_rail is None:
        raise Ailment("cards are off")
    return house.card_rail.desk


async def _nobody(_job_id: int) -> None:
    """Nobody is to be woken by an examination."""
