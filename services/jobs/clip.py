"""The kind of job that turns a draft into a take."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from media.errors import ClipRefused
from media.verify import ClipFacts, verify_clip
from providers.base import SHAPE_RATIOS, ClipRequest, FailureReason, ProviderError
from services import outbox
from services.catalogue import Catalogue
from services.errors import ChoiceNotOffered
from services.jobs import states
from services.jobs.kinds import Place
from services.jobs.queue import Order
from storage.objects.base import ObjectStore
from storage.tables import Draft, Job, Take

KIND = "clip"
CHECKS_AT_ONCE = max(2, os.cpu_count() or 1)
"""Each is an ffmpeg of its own, and more of them than processors would only take turns, and memory."""

_drafts, _takes = cast("Table", Draft.__table__), cast("Table", Take.__table__)
_LOCK_DRAFT = select(_drafts.c.id).where(_drafts.c.id == bindparam("draft")).with_for_update()
_NUMBER = select(func.coalesce(func.max(_takes.c.number), 0) + 1).where(_takes.c.draft_id == bindparam("draft"))
_NEW_TAKE = insert(_takes).returning(_takes.c.id)
_REOPEN = update(_drafts).where(_drafts.c.id == bindparam("draft"), _drafts.c.state == "working").values(state="open")


@dataclass(frozen=True, slots=True)
class Stored:
    """A clip that was checked and is in the object store."""

    facts: ClipFacts
    video_key: str
    thumbnail_key: str


def order(draft: Draft, *, model: str, price: int, provider: str, project: int = 0) -> Order:
    """The job for a draft as it stands, with a new seed. `model`: the draft's own may no longer be on offer.

    `project`: in whose folder the clip is kept; 0 while there is none.
    """
    params: dict[str, Any] = {
        "photo_key": draft.photo_key,
        "project": project,
        "prompt": draft.prompt,
        "model": model,
        "shape": draft.shape,
        "duration_s": draft.duration_s,
        "seed": secrets.randbelow(2**31),
    }
    key = f"draft:{draft.id}:{draft.round}"
    return Order(KIND, draft.user_id, draft.id, key, params, price, provider)


def clip_name(job: Job) -> str:
    """Where a clip and its still are kept, without their endings."""
    return f"clips/{job.user_id}/{job.params.get('project', 0)}/{job.id}"


class ClipKind:
    name = KIND

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)

    async def request(self, job: Job) -> ClipRequest:
        params = dict(job.params)
        params.pop("project", None)
        photo = await self._store.get(params.pop("photo_key"))
        return ClipRequest(token=str(job.submission_token), photo=photo, **params)

    def elsewhere(self, job: Job, catalogue: Catalogue, without: Collection[str]) -> Place | None:
        wanted = job.params
        model = catalogue.elsewhere(
            wanted["model"], wanted["shape"], wanted["duration_s"], at_most=job.price, without=without
        )
        if model is None:
            return None
        price = model.prices[wanted["duration_s"]]
        return Place(model.provider, {**wanted, "model": model.key}, price if price < job.price else None)

    def anew(self, job: Job, catalogue: Catalogue) -> Place | None:
        wanted = job.params
        try:
            made_by = catalogue.maker(wanted["model"], wanted["shape"], wanted["duration_s"])
        except ChoiceNotOffered:
            made_by = None
        offered = made_by is not None and wanted["model"] in {model.key for model in catalogue.models}
        if offered and catalogue.price(wanted["model"], wanted["duration_s"]) <= job.price and made_by:
            return Place(made_by, wanted, None)
        return self.elsewhere(job, catalogue, ())

    async def accept(self, job: Job, result: Path) -> Stored:
        seconds, shape = job.params["duration_s"], SHAPE_RATIOS[job.params["shape"]]
        still = result.with_suffix(".jpg")
        try:
            async with self._checks:
                facts = await verify_clip(result, expected_seconds=seconds, expected_shape=shape, still=still)
        except ClipRefused as refused:
            raise ProviderError(
                f"the clip is {refused}", provider=job.provider, reason=FailureReason.BAD_RESULT, retryable=True
            ) from refused
        # The key is the job's own, so that storing again after a crash overwrites and leaves nothing behind.
        name = clip_name(job)
        stored = Stored(facts, f"{name}.mp4", f"{name}.jpg")
        await self._store.put(stored.video_key, result, "video/mp4")
        await self._store.put(stored.thumbnail_key, still, "image/jpeg")
        return stored

    async def keep(self, session: AsyncSession, job: Job, accepted: Stored) -> None:
        take_id = await _take(session, job, accepted, gift=False)
        await _reopen(session, job)
        await _tell(session, "clip_ready", job, take_id=take_id)

    async def give(self, session: AsyncSession, job: Job, accepted: Stored) -> None:
        take_id = await _take(session, job, accepted, gift=True)
        await _tell(session, "clip_gift", job, take_id=take_id)

    async def settled(self, session: AsyncSession, job: Job, state: str) -> None:
        await _reopen(session, job)
        await _tell(session, "clip_failed" if state == states.FAILED else "clip_cancelled", job)

    async def done_over(self, session: AsyncSession, job: Job, made: Job) -> None:
        """Its draft is what waits, and it was locked and set to work before the price was set aside."""


async def _take(session: AsyncSession, job: Job, accepted: Stored, *, gift: bool) -> int:
    """Returns its id."""
    # Under the draft's lock: a gift may come in the moment in which another take is numbered.
    await session.execute(_LOCK_DRAFT, {"draft": job.draft_id})
    values = {
        "user_id": job.user_id,
        "draft_id": job.draft_id,
        "job_id": job.id,
        "number": (await session.execute(_NUMBER, {"draft": job.draft_id})).scalar_one(),
        "prompt": job.params["prompt"],
        "video_key": accepted.video_key,
        "thumbnail_key": accepted.thumbnail_key,
        "width": accepted.facts.width,
        "height": accepted.facts.height,
        "seconds": accepted.facts.seconds,
        "size_bytes": accepted.facts.size_bytes,
        "gift": gift,
    }
    return cast("int", (await session.execute(_NEW_TAKE, values)).scalar_one())


async def _tell(session: AsyncSession, kind: str, job: Job, **facts: int) -> None:
    payload = {**facts, "job_id": job.id}
    await outbox.put(session, key=f"{kind}:{job.id}", user_id=job.user_id, kind=kind, payload=payload)


async def _reopen(session: AsyncSession, job: Job) -> None:
    await session.execute(_REOPEN, {"draft": job.draft_id})
