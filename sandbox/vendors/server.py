"""All vendors as a part of the sandbox's application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from sandbox.vendors import modal, openrouter, runpod
from sandbox.vendors.house import House
from sandbox.vendors.results import add_results
from sandbox.vendors.runway.tasks import add_tasks
from sandbox.vendors.runway.uploads import add_uploads
from sandbox.vendors.runway.voice import VOICE as RUNWAY
from sandbox.vendors.visit import HOUSE
from sandbox.vendors.webhooks import Webhooks


def add_vendors(app: web.Application, house: House) -> None:
    """Serve the vendors and what they have made."""
    app[HOUSE] = house
    app.cleanup_ctx.append(_run)
    app.on_shutdown.append(_let_waiting_go)
    add_uploads(app)
    add_tasks(app)
    runpod.add_runpod(app)
    modal.add_modal(app)
    openrouter.add_openrouter(app)
    add_results(app, (RUNWAY, runpod.VOICE, modal.VOICE))


async def _let_waiting_go(app: web.Application) -> None:
    app[HOUSE].closing.set()


async def _run(app: web.Application) -> AsyncIterator[None]:
    """Call webhooks while the application runs; close the house at the end."""
    task = asyncio.create_task(Webhooks(app[HOUSE], runpod.envelope).run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await app[HOUSE].close()
