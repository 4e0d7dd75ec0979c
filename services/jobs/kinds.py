"""What differs between kinds of jobs. A new kind of work is one file with a class of this shape."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalogue import Catalogue
from storage.tables import Job


@dataclass(frozen=True, slots=True)
class Place:
    """Another vendor that can do a job, and how it is ordered there."""

    provider: str
    params: dict[str, Any]
    charge: int | None
    """What is taken of the hold, where that is less than the price shown."""


class JobKind(Protocol):
    name: str

    async def request(self, job: Job) -> Any:
        """What is submitted to whoever makes it, as they take it."""
        ...

    def elsewhere(self, job: Job, catalogue: Catalogue, without: Collection[str]) -> Place | None:
        """Who else can do it for no more than the price shown, and is not one of `without`."""
        ...

    def anew(self, job: Job, catalogue: Catalogue) -> Place | None:
        """Who makes the same today for no more than the price shown; None: nobody does any more."""
        ...

    async def accept(self, job: Job, result: Path) -> Any:
        """Check what came and put it into the object store, outside any transaction.

        Returns whatever `keep` needs. Raises ProviderError(BAD_RESULT) when it is not what was ordered. Doing it
        twice must be harmless: a worker may die right after.
        """
        ...

    async def keep(self, session: AsyncSession, job: Job, accepted: Any) -> None:
        """Write the rows of the result and of the message about it, in the transaction that captures the hold."""
        ...

    async def give(self, session: AsyncSession, job: Job, accepted: Any) -> None:
        """Like `keep`, for what came after the job had failed: it costs nothing."""
        ...

    async def settled(self, session: AsyncSession, job: Job, state: str) -> None:
        """The job failed or was cancelled: put right what waited for it, and write the message about it."""
        ...

    async def done_over(self, session: AsyncSession, job: Job, made: Job) -> None:
        """The failed `job` was ordered anew as `made`, in this transaction: put right what waits for it.

        Raises CannotBeRetried where nothing does any more.
        """
        ...
