"""Drafts: a photo and what should happen in it, until Generate."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from media.errors import PhotoRefused
from media.photo import Photo, normalise
from services import outbox
from services.catalogue import Catalogue
from services.dialogue import Expectation, expect
from services.errors import AlreadyDone, ChoiceNotOffered, NotYours, PhotoNotUsable, PromptTooLong, StillWorking
from services.jobs import clip
from services.jobs.queue import Wake, create
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.objects.base import ObjectStore
from storage.tables import Album, Draft, Job, Take, User

Change = Literal["model", "shape", "duration_s"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A photo a user sent."""

    source_key: str
    """The message it came with; the same message again is the same draft."""
    data: bytes
    caption: str = ""
    media_group_id: str | None = None


def prompt_units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


class Drafts:
    def __init__(self, db: Database, store: ObjectStore, catalogue: Catalogue, wake: Wake, deadline_s: float) -> None:
        """`deadline_s`: how long after it was ordered a clip is here, or its credits are back."""
        self._db = db
        self._store = store
        self._catalogue = catalogue
        self._wake = wake
        self._deadline_s = deadline_s

    async def open(self, user: User, arrival: Arrival) -> Draft:
        """Check a photo and open a draft of it. Raises PhotoNotUsable, PromptTooLong; then nothing is left behind."""
        known = await self._by_source(user.id, arrival.source_key)
        if known is not None:
            return known
        model = self._catalogue.default
        prompt = self._checked_prompt(arrival.caption, model.max_prompt_units)
        try:
            photo = await asyncio.to_thread(normalise, arrival.data)
        except PhotoRefused as refused:
            raise PhotoNotUsable(refused.reason) from refused
        key = f"images/{user.id}/{arrival.source_key.replace(':', '-')}.jpg"
        await self._store.put(key, photo.data, "image/jpeg")
        return await self._insert(user, arrival, photo, prompt, key)

    async def get(self, user_id: int, draft_id: int) -> Draft:
        async with self._db.reading() as session:
            return await owned_draft(session, user_id, draft_id)

    async def photo(self, draft: Draft) -> bytes:
        """The normalised JPEG."""
        return await self._store.get(draft.photo_key)

    async def write_prompt(self, user_id: int, draft_id: int, text: str) -> Draft:
        """Raises PromptTooLong, StillWorking."""
        draft = await self.get(user_id, draft_id)
        prompt = self._checked_prompt(text, self._catalogue.model(draft.model).max_prompt_units)
        return await self._change(user_id, draft_id, prompt=prompt)

    async def write_album_prompt(self, user_id: int, album_id: int, text: str) -> None:
        """One prompt for every photo of an album that is not being worked on."""
        prompt = self._checked_prompt(text, self._catalogue.default.max_prompt_units)
        async with self._db.transaction() as session:
            await owned_album(session, user_id, album_id)
            mine = (Draft.album_id == album_id) & (Draft.state == "open")
            await session.execute(update(Draft).where(mine).values(prompt=prompt))

    async def choose(self, user_id: int, draft_id: int, what: Change, value: str | int) -> Draft:
        """Change the model, shape or length (seconds). Raises ChoiceNotOffered, StillWorking."""
        draft = await self.get(user_id, draft_id)
        return await self._change(user_id, draft_id, **self._choice(draft, what, value))

    async def choose_for_album(self, user_id: int, album_id: int, what: Change, value: str | int) -> None:
        async with self._db.transaction() as session:
            for draft in await album_drafts(session, user_id, album_id):
                if draft.state == "open":
                    changes = self._choice(draft, what, value)
                    idle = (Draft.id == draft.id) & (Draft.state == "open")
                    await session.execute(update(Draft).where(idle).values(**changes))

    async def expect_prompt(self, user_id: int, draft_id: int) -> Draft:
        """The next text is this draft's prompt; a draft that was put away is opened again."""
        async with self._db.transaction() as session:
            draft = await owned_draft(session, user_id, draft_id, lock=True)
            if draft.state == "working":
                raise StillWorking
            await session.execute(update(Draft).where(Draft.id == draft_id).values(state="open"))
            await expect(session, user_id, Expectation("draft_prompt", draft_id))
            return draft

    async def close(self, user_id: int, draft_id: int) -> None:
        """Put a draft away; its takes stay."""
        async with self._db.transaction() as session:
            await _change(session, user_id, draft_id, state="closed")
            await expect(session, user_id, None)

    async def show(self, draft_id: int, *, message_id: int, file_id: str | None = None) -> None:
        """Remember which message is the draft's card, and the id its picture has at the messenger."""
        values: dict[str, Any] = {"card_message_id": message_id}
        if file_id:
            values["photo_file_id"] = file_id
        async with self._db.transaction() as session:
            await session.execute(update(Draft).where(Draft.id == draft_id).values(**values))

    async def let_go_of_card(self, draft_id: int, *, message_id: int) -> None:
        """That message is no longer the draft's card: its clip has arrived, and what comes next gets a new one."""
        async with self._db.transaction() as session:
            shown_there = (Draft.id == draft_id) & (Draft.card_message_id == message_id)
            await session.execute(update(Draft).where(shown_there).values(card_message_id=None))

    async def show_album(self, album_id: int, *, message_id: int) -> None:
        async with self._db.transaction() as session:
            await session.execute(update(Album).where(Album.id == album_id).values(card_message_id=message_id))

    async def generate(self, user_id: int, draft_id: int, round_: int) -> Job:
        """Hold the price and queue the clip; a second tap of the same round finds the first one's job.

        Raises NotEnoughCredits, AlreadyDone (a button of an earlier round), NotYours, TooManyOpenJobs.
        """
        async with self._db.transaction() as session:
            # Under the draft's lock, so that of taps at the same moment all but the first find the first one's job.
            draft = await owned_draft(session, user_id, draft_id, lock=True)
            key = (Job.user_id == user_id) & (Job.request_key == f"draft:{draft_id}:{round_ + 1}")
            made = await session.scalar(select(Job).where(key))
            if made is not None:
                return made
            job = await self._order(session, draft, round_)
        await self._wake(job.id)
        return job

    async def generate_album(self, user_id: int, album_id: int, version: int) -> list[Job]:
        """All photos of an album that have no clip yet, together or not at all, for the sum of their prices.

        `version` is the sum of their rounds when the button was made. Raises as `generate` does.
        """
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
        for job in jobs:
            await self._wake(job.id)
        return jobs

    async def _order(self, session: AsyncSession, draft: Draft, round_: int) -> Job:
        begun = await session.execute(
            update(Draft)
            .where(Draft.id == draft.id, Draft.state != "working", Draft.round == round_)
            .values(state="working", round=round_ + 1)
        )
        if not changed_one(begun):
            raise AlreadyDone
        await session.refresh(draft)
        await expect(session, draft.user_id, None)
        model = self._catalogue.model(draft.model).key
        price = self._catalogue.price(model, draft.duration_s)
        maker = self._catalogue.maker(model, draft.shape, draft.duration_s)
        order = clip.order(draft, model=model, price=price, provider=maker)
        return await create(session, order, deadline_s=self._deadline_s)

    async def _by_source(self, user_id: int, source_key: str) -> Draft | None:
        async with self._db.reading() as session:
            mine = (Draft.user_id == user_id) & (Draft.source_key == source_key)
            return (await session.execute(select(Draft).where(mine))).scalar_one_or_none()

    async def _insert(self, user: User, arrival: Arrival, photo: Photo, prompt: str, photo_key: str) -> Draft:
        model = self._catalogue.default
        async with self._db.transaction() as session:
            album_id = await _album(session, user.id, arrival.media_group_id)
            await insert_once(
                session,
                Draft,
                user_id=user.id,
                album_id=album_id,
                source_key=arrival.source_key,
                photo_key=photo_key,
                photo_width=photo.width,
                photo_height=photo.height,
                prompt=prompt,
                model=model.key,
                shape=self._catalogue.shape_or_first(model.key, user.default_shape or photo.shape),
                duration_s=self._catalogue.nearest_duration(model.key, user.default_duration_s),
            )
            mine = (Draft.user_id == user.id) & (Draft.source_key == arrival.source_key)
            draft = (await session.execute(select(Draft).where(mine))).scalar_one()
            if album_id:
                await _share_caption(session, album_id)
            subject = Expectation("album_prompt", album_id) if album_id else Expectation("draft_prompt", draft.id)
            await expect(session, user.id, subject)
            if album_id:
                # Albums come as single photos with no end mark: the card waits until no more have come for a while.
                card = {"album_id": album_id}
                await outbox.put_latest(
                    session, key=f"album:{album_id}", user_id=user.id, kind="album_card", payload=card, delay_s=1.2
                )
            return draft

    async def _change(self, user_id: int, draft_id: int, **changes: Any) -> Draft:
        async with self._db.transaction() as session:
            return await _change(session, user_id, draft_id, **changes)

    def _choice(self, draft: Draft, what: Change, value: str | int) -> dict[str, Any]:
        model = self._catalogue.model(draft.model)
        if what == "model":
            chosen = next((known for known in self._catalogue.models if known.key == value), None)
            if chosen is None:
                raise ChoiceNotOffered(f"model={value}")
            return {
                "model": chosen.key,
                "shape": self._catalogue.shape_or_first(chosen.key, draft.shape),
                "duration_s": self._catalogue.nearest_duration(chosen.key, draft.duration_s),
            }
        offered: tuple[object, ...] = model.shapes if what == "shape" else tuple(model.prices)
        if value not in offered:
            raise ChoiceNotOffered(f"{what}={value}")
        return {what: value}

    def _checked_prompt(self, text: str, limit: int) -> str:
        prompt = " ".join(text.replace("\x00", " ").split())
        if prompt_units(prompt) > limit:
            raise PromptTooLong(limit=limit, length=prompt_units(prompt))
        return prompt


async def _change(session: AsyncSession, user_id: int, draft_id: int, **changes: Any) -> Draft:
    await owned_draft(session, user_id, draft_id)
    idle = (Draft.id == draft_id) & (Draft.state != "working")
    if not changed_one(await session.execute(update(Draft).where(idle).values(**changes))):
        raise StillWorking
    return await session.get_one(Draft, draft_id, populate_existing=True)


async def owned_draft(session: AsyncSession, user_id: int, draft_id: int, *, lock: bool = False) -> Draft:
    """A draft of this user. Raises NotYours, also when there is none."""
    # Takes and clips that point to it may be written meanwhile (key_share): who approves one has the lock we need next.
    draft = await session.get(Draft, draft_id, with_for_update={"key_share": True} if lock else None)
    if draft is None or draft.user_id != user_id:
        raise NotYours
    return draft


async def owned_album(session: AsyncSession, user_id: int, album_id: int) -> Album:
    album = await session.scalar(select(Album).where(Album.id == album_id).with_for_update())
    if album is None or album.user_id != user_id:
        raise NotYours
    return album


async def album_drafts(session: AsyncSession, user_id: int, album_id: int) -> list[Draft]:
    """The drafts of an album that were not put away, in the order they were sent."""
    await owned_album(session, user_id, album_id)
    rows = await session.execute(
        select(Draft).where(Draft.album_id == album_id, Draft.state != "closed").order_by(Draft.id)
    )
    return list(rows.scalars())


async def _share_caption(session: AsyncSession, album_id: int) -> None:
    """People write one caption for an album, which the messenger keeps with one photo: it is meant for all."""
    album = Draft.album_id == album_id
    written = await session.scalar(select(Draft.prompt).where(album, Draft.prompt != "").order_by(Draft.id).limit(1))
    if written:
        silent = album & (Draft.prompt == "") & (Draft.state == "open")
        await session.execute(update(Draft).where(silent).values(prompt=written))


async def _album(session: AsyncSession, user_id: int, media_group_id: str | None) -> int | None:
    if media_group_id is None:
        return None
    await insert_once(session, Album, user_id=user_id, media_group_id=media_group_id)
    found = select(Album.id).where(Album.user_id == user_id, Album.media_group_id == media_group_id)
    return (await session.execute(found)).scalar_one()
