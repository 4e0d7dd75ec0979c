"""What differs between kinds of jobs. A new kind of paid work is one file with a class of this shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from providers.base import ClipRequest
from storage.tables import Job


class JobKind(Protocol):
    name: str

    async def request(self, job: Job) -> ClipRequest:
        """What is sent to the vendor."""
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

    async def settled(self, session: AsyncSession, job: Job, state: str) -> None:
        """The job failed or was cancelled: put right what waited for it, and write the message about it."""
        ...
