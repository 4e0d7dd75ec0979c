"""The worker process: jobs from the queue, messages from the outbox, and the duties one worker has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog

from bot.settings import Settings
from bot.wiring import House, open_house
from bot.workshop import open_workshop
from services.leases import Leases
from services.payments.facts import STARS, STRIPE
from services.payments.reconcile import is_due
from worker.answer_pump import AnswerPump
from worker.broadcast_duty import BROADCAST_SECONDS, LEASE_SECONDS, BroadcastDuty
from worker.duties import (
    CARDS_SECONDS,
    ERASING_SECONDS,
    FITTING_SECONDS,
    HOUSEKEEPING_SECONDS,
    LATE_SECONDS,
    SWEEP_SECONDS,
    WATCH_LEASE_SECONDS,
    WATCH_SECONDS,
    WELLBEING_SECONDS,
    CardsDuty,
    Housekeeping,
    SweepDuty,
    WatchDuty,
    keep_doing,
)
from worker.outbox_pump import OutboxPump
from worker.payment_duties import (
    HOUR_SECONDS,
    LINKS_LEASE_SECONDS,
    LINKS_SECONDS,
    MINUTE_SECONDS,
    RECONCILE_SECONDS,
    LinksDuty,
    ReconcileDuty,
)
from worker.process import WorkerProcess
from worker.queue import Dispatcher, open_queue

log = structlog.get_logger(__name__)
REMOTE_HANDS = 24
"""How many jobs a worker hands to vendors, or collects from them, at the same moment. Mostly it waits for them."""


async def work(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; then hand over what is under way."""
    dispatcher = Dispatcher(open_queue(settings.queue, secret=settings.derived_secret("queue")))
    house = open_house(settings, wake=dispatcher.wake)
    await house.services.live.refresh(at_once=True)
    shop = open_workshop(house, wake=dispatcher.wake)
    sweep = SweepDuty(shop.sweep, dispatcher)
    cards = CardsDuty(house.services.cards, house.notifier)
    pump = OutboxPump(house.services.outbox, house.notifier)
    broadcasts = BroadcastDuty(shop.sending, house.notifier.broadcasts)
    housekeeping = Housekeeping(house.services.outbox)
    process = WorkerProcess(
        dispatcher,
        hands=settings.local_renders + REMOTE_HANDS,
        work=shop.work,
        duties=[
            pump.run,
            house.services.live.follow,
            *([AnswerPump(shop.answering).run] if shop.answering else []),
            partial(
                keep_doing, "watch", WATCH_SECONDS, shop.leases, WatchDuty(shop.watcher).round, WATCH_LEASE_SECONDS
            ),
            partial(keep_doing, "late clips", LATE_SECONDS, shop.leases, shop.late.round),
            partial(keep_doing, "sweep", SWEEP_SECONDS, shop.leases, sweep.round),
            partial(keep_doing, "detours", SWEEP_SECONDS, shop.leases, shop.detours.round),
            partial(keep_doing, "erasing", ERASING_SECONDS, shop.leases, shop.erasing.round),
            partial(keep_doing, "fitting", FITTING_SECONDS, shop.leases, shop.fitting.round),
            partial(keep_doing, "cards", CARDS_SECONDS, shop.leases, cards.round),
            partial(keep_doing, "film parts", HOUSEKEEPING_SECONDS, shop.leases, shop.film_parts.round),
            partial(keep_doing, "wellbeing", WELLBEING_SECONDS, shop.leases, shop.wellbeing.look),
            partial(keep_doing, "housekeeping", HOUSEKEEPING_SECONDS, shop.leases, housekeeping.round),
            partial(keep_doing, "broadcasts", BROADCAST_SECONDS, shop.leases, broadcasts.round, LEASE_SECONDS),
            *_payment_duties(house, shop.leases),
        ],
    )
    log.info("worker is ready", owner=shop.owner, providers=list(house.catalogue.makers))
    await process.run(stop)
    await house.close()


def _payment_duties(house: House, leases: Leases) -> list[Callable[[], Coroutine[Any, Any, None]]]:
    due = partial(is_due, house.db)
    stars = ReconcileDuty(STARS, due, house.services.stars.reconcile, every_s=HOUR_SECONDS)
    duties: list[Callable[[], Coroutine[Any, Any, None]]] = [
        partial(keep_doing, "reconcile stars", RECONCILE_SECONDS, leases, stars.round)
    ]
    rail = house.card_rail
    if rail:
        # Without a webhook this is how payments are found at all.
        every_s = HOUR_SECONDS if house.settings.stripe_webhook_secret else MINUTE_SECONDS
        cards = ReconcileDuty(STRIPE, due, rail.reconciler.run, every_s=every_s)
        duties.append(partial(keep_doing, "reconcile cards", RECONCILE_SECONDS, leases, cards.round))
        links = LinksDuty(rail.links).round
        duties.append(partial(keep_doing, "payment links", LINKS_SECONDS, leases, links, LINKS_LEASE_SECONDS))
    return duties
