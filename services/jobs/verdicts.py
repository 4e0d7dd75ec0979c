"""What becomes of a job whose vendor said no: once more there, then elsewhere, then an end that costs nothing."""

from __future__ import annotations

import random
import secrets
from typing import Any, Final

import structlog

from providers.base import FailureReason, OutOfCredit, Provider, ProviderError
from services.alerts import Alerts
from services.catalogue import Catalogue
from services.jobs import states
from services.jobs.health import Health
from services.jobs.kinds import JobKind
from services.jobs.outcome import Outcomes
from services.jobs.queue import Claim

log = structlog.get_logger(__name__)
ABOUT_THE_ORDER: Final = (FailureReason.REFUSED, FailureReason.BAD_INPUT)
"""It lies in the photo or the prompt: another vendor is not asked to look away."""
LONGEST_WAIT_SECONDS: Final = 120.0
REST_WAIT_SECONDS: Final = 10.0
"""How long a job waits that only a vendor at rest could make."""


class Verdicts:
    def __init__(
        self, outcomes: Outcomes, catalogue: Catalogue, kinds: dict[str, JobKind], health: Health, alerts: Alerts
    ) -> None:
        self._outcomes = outcomes
        self._catalogue = catalogue
        self._kinds = kinds
        self._health = health
        self._alerts = alerts

    async def failed(self, claim: Claim, error: ProviderError) -> None:
        """Raises LeaseLost."""
        if error.reason in ABOUT_THE_ORDER:
            await self._end(claim, error.reason, error)
            return
        resting = await self._held_against(claim, error)
        attempts = claim.job.attempts + 1
        if error.retryable and attempts < states.MAX_ATTEMPTS and not resting:
            delay = states.BACKOFF_SECONDS[attempts - 1] * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
            delay = min(max(delay, error.retry_after or 0.0), LONGEST_WAIT_SECONDS)
            log.warning("job will be tried again", error=str(error), delay_s=delay)
            await self._outcomes.back_to_queue(claim, delay_s=delay, **_anew(attempts=attempts))
        elif not await self._move(claim):
            await self._end(claim, error.reason, error)

    async def unknown(self, claim: Claim, provider: Provider) -> None:
        """Nobody can say whether the vendor took it: asked again under the same token, where that is one piece of work.

        Raises LeaseLost.
        """
        attempts = claim.job.attempts + 1
        log.warning("submission unknown", attempts=attempts)
        await self._health.failed(provider.name, FailureReason.UNAVAILABLE)
        if provider.resubmits_safely and attempts < states.MAX_ATTEMPTS:
            delay = states.BACKOFF_SECONDS[attempts - 1] * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
            await self._outcomes.back_to_queue(claim, delay_s=delay, attempts=attempts)
        else:
            await self._outcomes.to_unknown(claim)

    async def cannot_be_tried(self, claim: Claim) -> None:
        """Its vendor is at rest or gone: elsewhere if somebody else can, else it waits. Raises LeaseLost."""
        if await self._move(claim):
            return
        if claim.job.provider in self._catalogue.providers:
            await self._outcomes.back_to_queue(claim, delay_s=REST_WAIT_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311
        else:
            await self._outcomes.fail(claim.job, claim.fence, FailureReason.INTERNAL)

    async def _held_against(self, claim: Claim, error: ProviderError) -> bool:
        """Whether the vendor is left alone from now on. That it has much to do is not held against it."""
        if error.reason == FailureReason.BUSY:
            return False
        empty = isinstance(error, OutOfCredit)
        resting = await self._health.failed(claim.job.provider, error.reason, for_sure=empty)
        if empty:
            await self._alerts.send("vendor_out_of_credit", about=claim.job.provider)
        elif resting:
            await self._alerts.send("vendor_resting", about=claim.job.provider)
        return resting

    async def _move(self, claim: Claim) -> bool:
        """Give the job to the next vendor that makes it for no more than was shown. Nothing was charged yet."""
        job = claim.job
        tried = [*job.tried, job.provider]
        without = set(tried)
        while (place := self._kinds[job.kind].elsewhere(job, self._catalogue, without)) is not None:
            without.add(place.provider)
            if not await self._health.may_try(place.provider):
                continue
            log.warning("job goes to another vendor", provider=place.provider)
            moved = {"provider": place.provider, "params": place.params, "charge": place.charge, "tried": tried}
            await self._outcomes.back_to_queue(claim, delay_s=0.0, **_anew(attempts=0), **moved)
            return True
        return False

    async def _end(self, claim: Claim, reason: FailureReason, error: ProviderError) -> None:
        log.error("job failed", error=str(error), reason=reason)
        await self._outcomes.fail(claim.job, claim.fence, reason)


def _anew(*, attempts: int) -> dict[str, Any]:
    # A new attempt is new work: under the old token the vendor would answer with the old failure.
    token = secrets.token_hex(16)
    return {"attempts": attempts, "external_id": None, "submission_token": token, "progress": 0.0}
