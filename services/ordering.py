"""Generate: a draft, or all of an album, becomes jobs for the price that was shown."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalogue import Catalogue
from services.dialogue import expect
from services.errors import AlreadyDone, BeingChecked, CostsOtherwise
from services.inquiries.check import Checks, cleared
from services.jobs import clip
from services.jobs.queue import Wake, create
from services.owned import album_drafts, owned_draft
from services.projects import current_id
from storage.database import Database
from storage.insert import changed_one
from storage.tables import Draft, Job, Take


class Ordering:
    def __init__(
        self, db: Database, catalogue: Catalogue, wake: Wake, deadline_s: float, checks: Checks | None = None
    ) -> None:
        """`deadline_s`: how long after it was ordered a clip is here, or its credits are back.

        `checks`: who looks at photo and words first; None: nobody does.
        """
        self._db = db
        self._catalogue = catalogue
        self._wake = wake
        self._deadline_s = deadline_s
        self._checks = checks

    async def generate(self, user_id: int, draft_id: int, round_: int, *, shown: int | None = None) -> Job:
        """Hold the price and queue the clip; a second tap of the same round finds the first one's job.

        `shown`: the price on the button, in credits; any other is refused with CostsOtherwise.
        Raises NotEnoughCredits, AlreadyDone (a button of an earlier round), NotYours, TooManyOpenJobs, NotAllowed,
        EnoughForNow; BeingChecked: it is ordered by itself once photo and words were looked at.
        """
        try:
            return await self.order(user_id, draft_id, round_, shown=shown)
        except BeingChecked as unseen:
            await self._have_checked(user_id, unseen.drafts, {"round": round_, "shown": shown})
            raise

    async def generate_album(self, user_id: int, album_id: int, version: int, *, shown: int | None = None) -> list[Job]:
        """All photos of an album that have no clip yet, together or not at all, for the sum of their prices.

        `version` is the sum of their rounds when the button was made. Raises as `generate` does.
        """
        try:
            return await self.order_album(user_id, album_id, version, shown=shown)
        except BeingChecked as unseen:
            wish = {"album": album_id, "version": version, "shown": shown}
            await self._have_checked(user_id, unseen.drafts, wish)
            raise

    async def order(self, user_id: int, draft_id: int, round_: int, *, shown: int | None = None) -> Job:
        """Like `generate`, but what nobody has looked at yet is only refused."""
        async with self._db.transaction() as session:
            # Under the draft's lock, so that of taps at the same moment all but the first find the first one's job.
            draft = await owned_draft(session, user_id, draft_id, lock=True)
            key = (Job.user_id == user_id) & (Job.request_key == f"draft:{draft_id}:{round_ + 1}")
            made = await session.scalar(select(Job).where(key))
            if made is not None:
                return made
            job = await self._order(session, draft, round_)
            _as_shown(job.price, shown)
            await self._refuse_unseen(session, [draft])
        await self._wake(job.id)
        return job

    async def order_album(self, user_id: int, album_id: int, version: int, *, shown: int | None = None) -> list[Job]:
        """The same for an album."""
        async with self._db.transaction() as session:
            drafts = await album_drafts(session, user_id, album_id)
            if sum(draft.round for draft in drafts) != version:
                raise AlreadyDone
            ids = [draft.id for draft in drafts]
            made = set((await session.execute(select(Take.draft_id).where(Take.draft_id.in_(ids)))).scalars())
            waiting = [draft for draft in drafts if draft.state == "open" and draft.id not in made]
            if not waiting:
                raise AlreadyDone
            jobs = [await self._order(session, draft, draft.round) for draft in waiting]
            _as_shown(sum(job.price for job in jobs), shown)
            await self._refuse_unseen(session, waiting)
        for job in jobs:
            await self._wake(job.id)
        return jobs

    async def _refuse_unseen(self, session: AsyncSession, ordered: list[Draft]) -> None:
        """Last of all, as whatever else speaks against the order is said first. Nothing of it stays then."""
        if self._checks is None:
            return
        unseen = [draft.id for draft in ordered if not await cleared(session, draft)]
        if unseen:
            raise BeingChecked(unseen)

    async def _have_checked(self, user_id: int, draft_ids: list[int], wish: dict[str, Any]) -> None:
        if self._checks is not None:
            await self._checks.ask(user_id, draft_ids, wish)

    async def _order(self, session: AsyncSession, draft: Draft, round_: int) -> Job:
        # What was chosen may have left the catalogue since: then it is what the card shows in its place.
        model = self._catalogue.model(draft.model)
        shape, duration_s = model.nearest_shape(draft.shape), model.nearest_length(draft.duration_s)
        # All of it before anything is waited for: the catalogue may change meanwhile.
        price = self._catalogue.price(model.key, duration_s)
        maker = self._catalogue.maker(model.key, shape, duration_s)
        begun = await session.execute(
            update(Draft)
            .where(Draft.id == draft.id, Draft.state != "working", Draft.round == round_)
            .values(state="working", round=round_ + 1, model=model.key, shape=shape, duration_s=duration_s)
        )
        if not changed_one(begun):
            raise AlreadyDone
        await session.refresh(draft)
        await expect(session, draft.user_id, None)
        project = await current_id(session, draft.user_id)
        order = clip.order(draft, model=model.key, price=price, provider=maker, project=project)
        return await create(session, order, deadline_s=self._deadline_s)


def _as_shown(price: int, shown: int | None) -> None:
    """Raises CostsOtherwise, and with that the order is undone."""
    if shown is not None and price != shown:
        raise CostsOtherwise(price)
