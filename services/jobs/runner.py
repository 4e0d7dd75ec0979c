"""Driving one job from its claim to its end.

Every step is written down before and after, so that a worker may be killed at any line: the next one to claim the job
goes on from what stands in the row.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from providers.base import FailureReason, OutcomeUnknown, Phase, Provider, ProviderError, Status
from services.catalogue import Catalogue
from services.jobs import states
from services.jobs.kinds import JobKind
from services.jobs.outcome import LeaseLost, Outcomes
from services.jobs.queue import Claim, JobQueue

log = structlog.get_logger(__name__)
PROGRESS_SECONDS = 1.0


class CancelWanted(Exception):
    """The user asked to stop."""


class Runner:
    """Works on claimed jobs. One runner serves any number of jobs at once."""

    def __init__(self, queue: JobQueue, outcomes: Outcomes, catalogue: Catalogue, kinds: dict[str, JobKind]) -> None:
        self._queue = queue
        self._outcomes = outcomes
        self._catalogue = catalogue
        self._kinds = kinds

    async def run_next(self, owner: str) -> int | None:
        """Claim the job whose turn it is and drive it to its end. Returns its id, or None if there was none."""
        claim = await self._queue.claim_next(owner)
        if claim is None:
            return None
        with structlog.contextvars.bound_contextvars(cid=claim.job.correlation_id, job_id=claim.job.id):
            await self._run(claim)
        return claim.job.id

    async def _run(self, claim: Claim) -> None:
        log.info("job claimed", fence=claim.fence, adopted=claim.adopted)
        provider = self._catalogue.providers.get(claim.job.provider)
        try:
            if provider is None or claim.fence > states.MAX_CLAIMS:
                await self._outcomes.fail(claim.job, claim.fence, FailureReason.INTERNAL)
                return
            async with self._heartbeat(claim):
                await self._drive(claim, provider)
        except LeaseLost:
            log.warning("job was taken over", fence=claim.fence)
        except asyncio.CancelledError:
            with contextlib.suppress(LeaseLost):
                await self._outcomes.let_go(claim)
            raise

    async def _drive(self, claim: Claim, provider: Provider) -> None:
        try:
            await self._ensure_submitted(claim, provider)
            await self._watch(claim, provider)
            await self._collect(claim, provider)
        except CancelWanted:
            if claim.job.external_id:
                with contextlib.suppress(ProviderError):  # a vendor that cannot be reached cannot keep the credits held
                    await provider.cancel(claim.job.external_id)
            await self._outcomes.cancel(claim.job, claim.fence)
            log.info("job cancelled")
        except OutcomeUnknown:
            log.warning("submission unknown")
            await self._outcomes.to_unknown(claim)
        except ProviderError as error:
            await self._retry_or_fail(claim, error)

    async def _ensure_submitted(self, claim: Claim, provider: Provider) -> None:
        if claim.job.cancelling:
            raise CancelWanted
        if claim.job.external_id:
            return
        if claim.adopted and not provider.resubmits_safely:
            raise OutcomeUnknown("a worker died while submitting", provider=provider.name)
        await self._submit(claim, provider)

    async def _submit(self, claim: Claim, provider: Provider) -> None:
        request = await self._kinds[claim.job.kind].request(claim.job)
        external_id = await provider.submit(request)
        claim.job.external_id = external_id
        if await self._outcomes.advance(claim, state=states.RUNNING, external_id=external_id):
            raise CancelWanted

    async def _watch(self, claim: Claim, provider: Provider) -> None:
        """Until the vendor's verdict. Not being able to ask is no verdict: the deadline ends that."""
        loop = asyncio.get_running_loop()
        written = loop.time()
        while True:
            status = await self._asked(claim, provider)
            if status.phase == Phase.DONE:
                return
            if status.phase == Phase.FAILED and status.error:
                raise status.error
            if status.phase in (Phase.GONE, Phase.CANCELLED):
                await self._begin_again(claim, provider)
            if loop.time() - written >= PROGRESS_SECONDS:
                written = loop.time()
                news = {} if status.progress is None else {"progress": status.progress}
                if await self._outcomes.advance(claim, **news):
                    raise CancelWanted
            await asyncio.sleep(provider.poll_seconds)

    async def _asked(self, claim: Claim, provider: Provider) -> Status:
        """What the vendor says, or that the work goes on as far as anybody knows where it cannot be asked."""
        try:
            return await provider.status(str(claim.job.external_id))
        except ProviderError as error:
            if not error.retryable:
                raise
            log.warning("vendor cannot be asked", error=str(error))
            return Status(Phase.RUNNING)

    async def _begin_again(self, claim: Claim, provider: Provider) -> None:
        """The vendor lost the work. Where one token is one piece of work, submitting it again is safe."""
        if not provider.resubmits_safely:
            raise ProviderError(
                "the vendor no longer knows the work",
                provider=provider.name,
                reason=FailureReason.UNAVAILABLE,
                retryable=False,
            )
        await self._submit(claim, provider)

    async def _collect(self, claim: Claim, provider: Provider) -> None:
        await self._outcomes.advance(claim, state=states.STORING)
        with tempfile.TemporaryDirectory(prefix="echoes-") as folder:
            result = Path(folder) / "result.mp4"
            await provider.fetch(str(claim.job.external_id), result)
            accepted = await self._kinds[claim.job.kind].accept(claim.job, result)
        await self._outcomes.succeed(claim, accepted)
        log.info("job succeeded")

    async def _retry_or_fail(self, claim: Claim, error: ProviderError) -> None:
        attempts = claim.job.attempts + 1
        if error.retryable and attempts < states.MAX_ATTEMPTS:
            delay = states.BACKOFF_SECONDS[attempts - 1] * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
            log.warning("job will be tried again", error=str(error), delay_s=delay)
            # A new attempt is new work: under the old token the vendor would answer with the old failure.
            anew = {"attempts": attempts, "external_id": None, "submission_token": secrets.token_hex(16)}
            await self._outcomes.back_to_queue(claim, delay_s=delay, **anew)
            return
        log.error("job failed", error=str(error), reason=error.reason)
        await self._outcomes.fail(claim.job, claim.fence, error.reason)

    @asynccontextmanager
    async def _heartbeat(self, claim: Claim) -> AsyncIterator[None]:
        """Renew the lease while the body works; stop the body if the lease is lost."""
        body = asyncio.current_task()
        lost = False

        async def beat() -> None:
            nonlocal lost
            while True:
                await asyncio.sleep(states.HEARTBEAT_SECONDS)
                try:
                    await self._outcomes.advance(claim)
                except SQLAlchemyError as error:
                    # The database is locked or gone for a moment; the lease has room for a few missed beats.
                    log.warning("heartbeat missed", error=str(error))
                except LeaseLost:
                    lost = True
                    if body is not None:
                        body.cancel()
                    return

        beating = asyncio.create_task(beat())
        try:
            yield
        except asyncio.CancelledError:
            if lost and body is not None and body.uncancel() == 0:
                raise LeaseLost(f"job {claim.job.id}") from None
            raise
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
