"""What the doctor looks at of each vendor: does our key work, what is left to spend, what is on offer by now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from bot.ailment import Ailment
from bot.settings import Settings
from bot.vendor_settings import NEEDS
from bot.vendors import open_writer
from bot.wiring import House, open_house
from providers import openrouter
from providers.base import Account, ClipModel, ProviderError
from providers.openrouter import OpenRouter
from providers.remote.provider import RemoteProvider
from storage import migrate

Check = Callable[[Settings], Awaitable[str]]


def checks(settings: Settings) -> dict[str, Check]:
    """One for each vendor whose keys are there, those that ACTIVE_AI_PROVIDER names first, and one for who writes."""
    names = (*settings.makers, *settings.spare_makers)
    return {name: partial(_maker, name) for name in names} | {openrouter.NAME: _writer}


async def _maker(name: str, settings: Settings) -> str:
    house = open_house(settings, wake=_nobody)
    try:
        with suppress(SQLAlchemyError):  # the database is away, and that has a line of its own
            if migrate.is_current(settings.database_url):
                await house.services.live.refresh(at_once=True)
        maker = house.catalogue.providers[name]
        account = f"{_told(await _asked(name, maker.account))}, " if isinstance(maker, RemoteProvider) else ""
        return f"{account}{_use(house, name)}"
    finally:
        await house.close()


def _use(house: House, name: str) -> str:
    """What is made of a vendor: by the environment, and by what was set in the chat."""
    catalogue = house.catalogue
    if name not in catalogue.makers:
        offers = _offers(model for model in catalogue.everything if model.provider == name)
        return f"not active (/values makes it so), could make {offers}"
    paused = ", but is paused (/jobs)" if name in catalogue.paused else ""
    return f"makes {_offers(catalogue.offers_of(name)) or 'nothing: its models are off (/values)'}{paused}"


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


def _offers(models: Iterable[ClipModel]) -> str:
    """Each model with its lengths and what users pay for them."""
    offers = [
        f"{model.name} ({', '.join(f'{length} s for {price}' for length, price in model.prices.items())})"
        for model in models
    ]
    return ", ".join(offers)


async def _nobody(_job_id: int) -> None:
    """Nobody is to be woken by an examination."""
