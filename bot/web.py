"""The web process: updates in (by polling or webhook), media, health and metrics out."""

from __future__ import annotations

import asyncio
import itertools
from functools import partial

import aiogram
import structlog
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

import handlers
from bot.card_ingest import CardIngest
from bot.card_rail import CardRail, chat_address
from bot.forgeries import Forgeries
from bot.ingest import ALLOWED_UPDATES, Ingest
from bot.middlewares import Acquaintance
from bot.player import add_player
from bot.polling import Poller
from bot.settings import Settings
from bot.wiring import House, open_house
from conversation.commands import announce
from services.alerts import Alerts
from services.inbox import Inbox
from storage.objects.local import LocalStore
from webhooks import health, media, providers, stripe, telegram
from worker.queue import Dispatcher, open_queue

log = structlog.get_logger(__name__)
WEBHOOK_CONNECTIONS = 40
SHUTDOWN_SECONDS = 8.0
"""For requests that are being answered. What they have not stored was not acknowledged, and is told again."""
GREET_SECONDS = (1.0, 3.0, 10.0, 60.0)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; then finish what was begun."""
    dispatcher = Dispatcher(open_queue(settings.queue, secret=settings.derived_secret("queue")))
    house = open_house(settings, wake=dispatcher.wake)
    live = house.services.live
    await live.refresh(at_once=True)
    ingest = Ingest(Inbox(house.db, f"telegram:{settings.bot_id}"), open_dispatcher(house), house.bot)
    rail = house.card_rail
    cards = CardIngest(rail.inbox, rail.payments) if rail else None
    runner = await _listen(house, ingest, cards)
    duties = [asyncio.create_task(duty) for duty in (ingest.recover(), _be_known(house), live.follow())]
    if cards:
        duties.append(asyncio.create_task(cards.recover()))
    if settings.telegram_mode == "polling":
        duties.append(asyncio.create_task(_poller(house, ingest).run()))
    log.info("web is ready", address=f"http://{settings.web_host}:{settings.web_port}", mode=settings.telegram_mode)
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopping, *duties], return_when=asyncio.FIRST_COMPLETED)
    for task in (stopping, *duties):
        task.cancel()
    await asyncio.gather(stopping, *duties, return_exceptions=True)
    await runner.cleanup()
    await asyncio.gather(ingest.drain(), *([cards.drain()] if cards else []))
    await house.close()
    for ended in done - {stopping}:
        ended.result()  # a duty that died takes the process down, loudly; its supervisor starts a new one


def application(house: House, ingest: Ingest, cards: CardIngest | None) -> web.Application:
    """The routes this deployment has."""
    app = web.Application(client_max_size=telegram.MAX_BODY_BYTES)

    async def database() -> bool:
        try:
            async with house.db.reading() as session:
                await session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    app.add_routes(health.routes({"database": database}))
    app.add_routes(providers.routes(house.hints.heard))
    if isinstance(house.store, LocalStore):
        app.add_routes(media.routes(house.store))
    add_player(app, house)
    secret = house.settings.telegram_webhook_secret
    if house.settings.telegram_mode == "webhook" and secret is not None:
        app.add_routes(telegram.routes(ingest.receive, secret.get_secret_value()))
    if house.card_rail and cards:
        _add_card_routes(app, house, house.card_rail, cards)
    return app


def _add_card_routes(app: web.Application, house: House, rail: CardRail, cards: CardIngest) -> None:
    app.add_routes(stripe.return_page(rail.payments.returned, partial(chat_address, house.settings, house.bot)))
    secret = house.settings.stripe_webhook_secret
    if secret is not None:
        verify = partial(rail.desk.verify, secret=secret.get_secret_value())
        app.add_routes(stripe.webhook(verify, cards.receive, Forgeries(_alerts(house)).tell))


def _alerts(house: House) -> Alerts:
    return Alerts(house.db, owners=house.settings.admin_ids)


def open_dispatcher(house: House) -> aiogram.Dispatcher:
    """aiogram's dispatcher with our middlewares and handlers. What the next text means is on the user's row."""
    dispatcher = aiogram.Dispatcher(disable_fsm=True, services=house.services, notifier=house.notifier)
    dispatcher.update.outer_middleware(Acquaintance(house.services.users, house.words))
    dispatcher.include_router(handlers.setup())
    return dispatcher


async def _listen(house: House, ingest: Ingest, cards: CardIngest | None) -> web.AppRunner:
    runner = web.AppRunner(application(house, ingest, cards), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, house.settings.web_host, house.settings.web_port).start()
    return runner


async def _be_known(house: House) -> None:
    """Tell Telegram how to reach us and what we can do, until it has heard; then wait to be stopped."""
    for attempt in itertools.count():
        try:
            await house.bot.me()  # remembered: links to the bot need its name
            await _set_way_in(house)
            await announce(house.bot, house.words, await house.services.staff.members())
            break
        except (TelegramAPIError, ClientDecodeError) as error:
            wait = GREET_SECONDS[min(attempt, len(GREET_SECONDS) - 1)]
            log.warning("Telegram has not heard us yet", error=type(error).__name__, wait_s=wait)
            await asyncio.sleep(wait)
    await asyncio.Event().wait()


async def _set_way_in(house: House) -> None:
    settings = house.settings
    if settings.telegram_mode == "polling":
        await house.bot.delete_webhook()
    elif settings.telegram_webhook_secret is not None:
        await house.bot.set_webhook(
            f"{settings.public_url}/telegram/webhook",
            secret_token=settings.telegram_webhook_secret.get_secret_value(),
            allowed_updates=ALLOWED_UPDATES,
            max_connections=WEBHOOK_CONNECTIONS,
        )


def _poller(house: House, ingest: Ingest) -> Poller:
    token = house.settings.telegram_bot_token.get_secret_value()
    return Poller(f"{house.settings.telegram_api_url}/bot{token}", ingest)
