"""What the doctor looks at of each vendor: does our key work, what is left to spend, what is on offer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from bot.ailment import Ailment
from bot.settings import Settings
from bot.vendor_settings import NEEDS
from bot.vendors import open_makers, open_writer
from providers import openrouter
from providers.base import Account, Provider, ProviderError
from providers.openrouter import OpenRouter
from providers.remote.provider import RemoteProvider

Check = Callable[[Settings], Awaitable[str]]


def checks(settings: Settings) -> dict[str, Check]:
    """One for each active vendor, in failover order, and one for who writes."""
    return {name: partial(_maker, name) for name in settings.makers} | {openrouter.NAME: _writer}


async def _maker(name: str, settings: Settings) -> str:
    opened = open_makers(settings)
    try:
        maker = next(one for one in opened if one.name == name)
        account = f"{_told(await _asked(name, maker.account))}, " if isinstance(maker, RemoteProvider) else ""
        return f"{account}makes {_offers(maker)}"
    finally:
        for one in opened:
            await one.close()


async def _writer(settings: Settings) -> str:
    writer = open_writer(settings)
    if not isinstance(writer, OpenRouter):
        return "off: nobody improves prompts or looks at what people send. To have it, set OPENROUTER_API_KEY"
    try:
        return f"{_told(await _asked(openrouter.NAME, writer.account))}, asks {', '.join(settings.openrouter_model)}"
    finally:
        await writer.close()


async def _asked(name: str, ask: Callable[[], Awaitable[Account]]) -> Account:
    try:
        account = await ask()
    except ProviderError as error:
        raise Ailment(f"{error}. Check {', '.join(need.upper() for need in NEEDS[name])}, and the network") from None
    if account.credit is not None and account.credit <= 0:
        raise Ailment("the key works, but no credit is left. Pay it up, or others do its work")
    return account


def _told(account: Account) -> str:
    if account.credit is None:
        return "the key works (what is left to spend it does not tell)"
    return f"the key works, {account.credit:g} {account.unit} left"


def _offers(maker: Provider) -> str:
    """Each model with its lengths and what users pay for them."""
    offers = [
        f"{model.name} ({', '.join(f'{length} s for {price}' for length, price in model.prices.items())})"
        for model in maker.models()
    ]
    return ", ".join(offers)
