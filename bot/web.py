"""The web process: updates in (by polling or webhook), media, health and metrics out."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from aiohttp import web
from sqlalchemy import text

from bot.ingest import ALLOWED_UPDATES, Ingest
from bot.polling import Poller
from bot.settings import Settings
from bot.wiring import House, open_dispatcher, open_house
from conversation.commands import announce
from services.inbox import Inbox
from storage.objects.local import LocalStore
from webhooks import health, media, telegram
from worker.queue import Dispatcher, open_queue

log = structlog.get_logger(__name__)
WEBHOOK_CONNECTIONS = 40


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; then finish what was begun."""
    dispatcher = Dispatcher(open_queue(settings.queue, secret=settings.derived_secret("queue")))
    house = open_house(settings, wake=dispatcher.wake)
    ingest = Ingest(Inbox(house.db, f"telegram:{settings.bot_id}"), open_dispatcher(house), house.bot)
    runner = await _listen(house, ingest)
    duties = [asyncio.create_task(ingest.recover()), asyncio.create_task(_greet(house))]
    if settings.telegram_mode == "polling":
        duties.append(asyncio.create_task(_poll(house, ingest)))
    log.info("web is ready", address=f"http://{settings.web_host}:{settings.web_port}", mode=settings.telegram_mode)
    await stop.wait()
    for duty in duties:
        duty.cancel()
    await asyncio.gather(*duties, return_exceptions=True)
    await runner.cleanup()
    await ingest.drain()
    await house.close()


def application(house: House, ingest: Ingest) -> web.Application:
    """The routes this deployment has."""
    app = web.Application(client_max_size=telegram.MAX_BODY_BYTES)

    async def database() -> None:
        async with house.db.reading() as session:
            await session.execute(text("SELECT 1"))

    app.add_routes(health.routes({"database": database}))
    if isinstance(house.store, LocalStore):
        app.add_routes(media.routes(house.store))
    secret = house.settings.telegram_webhook_secret
    if house.settings.telegram_mode == "webhook" and secret is not None:
        app.add_routes(telegram.routes(ingest.receive, secret.get_secret_value()))
    return app


async def _listen(house: House, ingest: Ingest) -> web.AppRunner:
    runner = web.AppRunner(application(house, ingest), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, house.settings.web_host, house.settings.web_port).start()
    return runner


async def _greet(house: House) -> None:
    """Tell Telegram our commands and, with a webhook, where we are. Not being able to is no reason to stop."""
    settings = house.settings
    with contextlib.suppress(asyncio.CancelledError):
        await announce(house.bot, house.words)
        if settings.telegram_mode == "webhook" and settings.telegram_webhook_secret:
            await house.bot.set_webhook(
                f"{settings.public_url}/telegram/webhook",
                secret_token=settings.telegram_webhook_secret.get_secret_value(),
                allowed_updates=ALLOWED_UPDATES,
                max_connections=WEBHOOK_CONNECTIONS,
            )


async def _poll(house: House, ingest: Ingest) -> None:
    settings = house.settings
    await house.bot.delete_webhook()
    await Poller(f"{settings.telegram_api_url}/bot{settings.telegram_bot_token.get_secret_value()}", ingest).run()
