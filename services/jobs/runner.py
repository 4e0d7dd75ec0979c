"""Driving one job from its claim to its end.

Every step is written down before and after, so that a worker may be killed at any line: the next one to claim the job
goes on from what stands in the row.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from providers.base import FailureReason, OutcomeUnknown, Phase, Provider, ProviderError, Status
from services.catalogue import Catalogue
from services.jobs import states
from services.jobs.health import Health
from services.jobs.kinds import JobKind
from services.jobs.outcome import LeaseLost, Outcomes
from services.jobs.queue import Claim, JobQueue
from services.jobs.stopping import stop_at
from services.jobs.verdicts import Verdicts

log = structlog.get_logger(__name__)
PROGRESS_SECONDS = 1.0


class CancelWanted(Exception):
    """The user asked to stop."""


class Runner:
    """Works on claimed jobs. One runner serves any number of jobs at once."""

    def __init__(
        self,
        queue: JobQueue,
        outcomes: Outcomes,
        catalogue: Catalogue,
        kinds: dict[str, JobKind],
        health: Health,
        verdicts: Verdicts,
        *,
        hands: int = 1,
    ) -> None:
        """`hands`: how many pieces of work that happen in this very process are done at once."""
        self._queue = queue
        self._outcomes = outcomes
        self._catalogue = catalogue
        self._kinds = kinds
        self._health = health
        self._verdicts = verdicts
        self._free_hands = hands

    async def run_next(self, owner: str) -> int | None:
        """Claim the job whose turn it is and drive it to its end. Returns its id, or None if there was none."""
        if self._free_hands == 0:
            claim = await self._queue.claim_next(owner, without=self._embedded())
            return await self._claimed(claim)
        # Taken before the claim: others may be claiming at this moment.
        self._free_hands -= 1
        try:
            claim = await self._queue.claim_next(owner)
            if claim is None or claim.job.provider in self._embedded():
                return await self._claimed(claim)
        finally:
            self._free_hands += 1
        return await self._claimed(claim)

    async def _claimed(self, claim: Claim | None) -> int | None:
        if claim is None:
            return None
        with structlog.contextvars.bound_contextvars(cid=claim.job.correlation_id, job_id=claim.job.id):
            await self._run(claim)
        return claim.job.id

    def _embedded(self) -> list[str]:
        return [name for name, provider in self._catalogue.providers.items() if provider.embedded]

    async def _run(self, claim: Claim) -> None:
        log.info("job claimed", fence=claim.fence, adopted=claim.adopted)
        provider = self._catalogue.providers.get(claim.job.provider)
        try:
            if claim.fence > states.MAX_CLAIMS:
                await self._outcomes.fail(claim.job, claim.fence, FailureReason.INTERNAL)
            elif provider is None:
                await self._verdicts.cannot_be_tried(claim)
            else:
                async with self._heartbeat(claim):
                    await self._drive(claim, provider)
        except LeaseLost:
            log.warning("job was taken over", fence=claim.fence)
            # Whoever has it now may wait for the very work that we handed over: only what nobody wants is stopped.
            if claim.job.external_id and await self._outcomes.is_unwanted(claim):
                await stop_at(provider, claim.job.external_id)
        except asyncio.CancelledError:
            with contextlib.suppress(LeaseLost):
                await self._outcomes.let_go(claim)
            raise

    async def _drive(self, claim: Claim, provider: Provider) -> None:
        try:
            if not await self._ensure_submitted(claim, provider):
                return
            if provider.embedded:
                await self._watch(claim, provider)
            elif claim.job.state != states.STORING:
                await self._park(claim, provider)
                return
            await self._collect(claim, provider)
        except CancelWanted:
            await stop_at(provider, claim.job.external_id)
            await self._outcomes.cancel(claim.job, claim.fence)
            log.info("job cancelled")
        except OutcomeUnknown:
            await self._verdicts.unknown(claim, provider)
        except ProviderError as error:
            await self._verdicts.failed(claim, error)

    async def _ensure_submitted(self, claim: Claim, provider: Provider) -> bool:
        """False: the vendor is not to be given work now, and the job has gone elsewhere or waits."""
        if claim.job.cancelling:
            raise CancelWanted
        if claim.job.external_id:
            return True
        if claim.adopted and not provider.resubmits_safely:
            raise OutcomeUnknown("a worker died while submitting", provider=provider.name)
        if not await self._health.may_try(provider.name):
            await self._verdicts.cannot_be_tried(claim)
            return False
        await self._submit(claim, provider)
        return True

    async def _park(self, claim: Claim, provider: Provider) -> None:
        """The vendor has it: from now on the watcher asks."""
        await self._outcomes.park(claim, wait_s=provider.poll_seconds)
        log.info("job is at the vendor", provider=provider.name)

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
        if claim.job.state != states.STORING:  # the watcher has written that already, where it was asked
            await self._outcomes.advance(claim, state=states.STORING)
        with tempfile.TemporaryDirectory(prefix="echoes-") as folder:
            result = Path(folder) / "result.mp4"
            await provider.fetch(str(claim.job.external_id), result)
            accepted = await self._kinds[claim.job.kind].accept(claim.job, result)
        await self._outcomes.succeed(claim, accepted)
        await self._health.worked(provider.name)
        log.info("job succeeded", cost=claim.job.cost)

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
