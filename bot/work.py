"""The worker process: jobs from the queue, messages from the outbox, and the duties one worker has."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from bot.settings import Settings
from bot.wiring import open_house, open_workshop
from worker.duties import (
    CARDS_SECONDS,
    HOUSEKEEPING_SECONDS,
    SWEEP_SECONDS,
    CardsDuty,
    Housekeeping,
    SweepDuty,
    keep_doing,
)
from worker.outbox_pump import OutboxPump
from worker.process import WorkerProcess
from worker.queue import Dispatcher, open_queue

log = structlog.get_logger(__name__)


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; then hand over what is under way."""
    dispatcher = Dispatcher(open_queue(settings.queue, secret=settings.derived_secret("queue")))
    house = open_house(settings, wake=dispatcher.wake)
    shop = open_workshop(house, wake=dispatcher.wake)
    sweep = SweepDuty(shop.sweep, dispatcher)
    cards = CardsDuty(house.services.cards, house.notifier)
    pump = OutboxPump(house.services.outbox, house.notifier)
    housekeeping = Housekeeping(house.services.outbox)
    process = WorkerProcess(
        dispatcher,
        threads=settings.local_renders,
        run_next=partial(shop.runner.run_next, shop.owner),
        duties=[
            pump.run,
            partial(keep_doing, "sweep", SWEEP_SECONDS, shop.leases, sweep.round),
            partial(keep_doing, "cards", CARDS_SECONDS, shop.leases, cards.round),
            partial(keep_doing, "housekeeping", HOUSEKEEPING_SECONDS, shop.leases, housekeeping.round),
        ],
    )
    log.info("worker is ready", owner=shop.owner, providers=list(house.catalogue.providers))
    await process.run(stop)
    await house.close()
