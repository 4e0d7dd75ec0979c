"""What a worker process has besides: who works on jobs, watches them, mends them and looks for late ones."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass

from bot.wiring import House
from services.alerts import Alerts
from services.broadcasts.sending import Sending
from services.erasing import Erasing
from services.films.parts import PartsSweep
from services.fitting import Fitting
from services.inquiries.answering import Answering
from services.jobs.detours import Detours
from services.jobs.health import Health
from services.jobs.late import LateResults
from services.jobs.queue import JobQueue, Wake
from services.jobs.relocating import Relocating
from services.jobs.runner import Runner
from services.jobs.sweep import Sweep
from services.jobs.verdicts import Verdicts
from services.jobs.watcher import Watcher
from services.leases import Leases
from services.wellbeing import Wellbeing


@dataclass(frozen=True, slots=True)
class Workshop:
    owner: str
    runner: Runner
    watcher: Watcher
    late: LateResults
    sweep: Sweep
    detours: Detours
    film_parts: PartsSweep
    erasing: Erasing
    fitting: Fitting
    leases: Leases
    wellbeing: Wellbeing
    sending: Sending
    answering: Answering | None
    """None: there is no language model to ask."""

    async def work(self, job_id: int) -> None:
        """Somebody says there is news: of a job at a vendor, or one that waits to be taken."""
        await self.watcher.look(job_id)
        # A wake-up may have come while all hands were full, so whoever has a free one goes on.
        while await self.runner.run_next(self.owner) is not None:
            pass


def open_workshop(house: House, *, wake: Wake) -> Workshop:
    """Its owner's name is new at each start: a restarted worker is another one."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    queue, health = JobQueue(house.db, house.services.live), Health(house.db)
    alerts = Alerts(house.db, owners=house.settings.admin_ids)
    verdicts = Verdicts(house.outcomes, house.catalogue, house.kinds, health, alerts)
    return Workshop(
        owner=owner,
        runner=Runner(
            queue, house.outcomes, house.catalogue, house.kinds, health, verdicts, hands=house.settings.local_renders
        ),
        watcher=Watcher(house.db, house.outcomes, house.catalogue, verdicts, wake),
        late=LateResults(house.db, house.catalogue, house.kinds),
        sweep=Sweep(house.db, queue, house.outcomes, wake),
        detours=Detours(Relocating(house.db, house.catalogue, house.kinds), wake),
        film_parts=PartsSweep(house.db, house.store),
        erasing=Erasing(house.db, house.store),
        fitting=Fitting(house.db, house.services.soundtracks),
        leases=Leases(house.db, owner),
        sending=Sending(house.db),
        answering=_answering(house, alerts),
        wellbeing=_wellbeing(house, alerts),
    )


def _wellbeing(house: House, alerts: Alerts) -> Wellbeing:
    settings = house.settings
    webhook = settings.stripe_webhook_secret is not None
    return Wellbeing(house.db, alerts, house.services.live, folders=settings.folders, webhook=webhook)


def _answering(house: House, alerts: Alerts) -> Answering | None:
    if house.writer is None:
        return None
    ordering, values = house.services.ordering, house.services.live.values
    return Answering(house.db, house.store, house.catalogue, house.writer, ordering, alerts, values)
