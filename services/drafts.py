"""Drafts: a photo and what should happen in it, until Generate (services.ordering)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from media.errors import PhotoRefused
from media.photo import Photo, normalise
from services import outbox
from services.catalogue import Catalogue
from services.dialogue import Expectation, expect
from services.errors import (
    ChoiceNotOffered,
    Erased,
    PhotoNotUsable,
    PromptTooLong,
    StillWorking,
)
from services.gathering import album_of, share_caption
from services.inquiries.asking import close_offer, withdraw
from services.owned import album_drafts, owned_draft
from services.projects import current_id
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.objects.base import ObjectStore
from storage.tables import Album, Draft, User

Change = Literal["model", "shape", "duration_s"]

_drafts = cast("Table", Draft.__table__)
_LET_GO = (
    update(_drafts)
    .where(_drafts.c.id == bindparam("draft"), _drafts.c.card_message_id == bindparam("message"))
    .values(card_message_id=None)
)


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
    def __init__(self, db: Database, store: ObjectStore, catalogue: Catalogue) -> None:
        self._db = db
        self._store = store
        self._catalogue = catalogue

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
        key = f"images/{user.id}/{await self._project(user.id)}/{arrival.source_key.replace(':', '-')}.jpg"
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
            await withdraw(session, [draft.id for draft in await album_drafts(session, user_id, album_id)])
            mine = (Draft.album_id == album_id) & (Draft.state == "open")
            await session.execute(update(Draft).where(mine).values(prompt=prompt))

    async def choose(self, user_id: int, draft_id: int, what: Change, value: str | int) -> Draft:
        """Change the model, shape or length (seconds). Raises ChoiceNotOffered, StillWorking."""
        draft = await self.get(user_id, draft_id)
        return await self._change(user_id, draft_id, **self._choice(draft, what, value))

    async def choose_for_album(self, user_id: int, album_id: int, what: Change, value: str | int) -> None:
        async with self._db.transaction() as session:
            drafts = await album_drafts(session, user_id, album_id)
            await withdraw(session, [draft.id for draft in drafts])
            for draft in drafts:
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
            await session.execute(_LET_GO, {"draft": draft_id, "message": message_id})

    async def show_album(self, album_id: int, *, message_id: int) -> None:
        async with self._db.transaction() as session:
            await session.execute(update(Album).where(Album.id == album_id).values(card_message_id=message_id))

    async def _project(self, user_id: int) -> int:
        async with self._db.reading() as session:
            return await current_id(session, user_id)

    async def _by_source(self, user_id: int, source_key: str) -> Draft | None:
        async with self._db.reading() as session:
            mine = (Draft.user_id == user_id) & (Draft.source_key == source_key)
            return (await session.execute(select(Draft).where(mine))).scalar_one_or_none()

    async def _insert(self, user: User, arrival: Arrival, photo: Photo, prompt: str, photo_key: str) -> Draft:
        model = self._catalogue.default
        async with self._db.transaction() as session:
            album_id = await album_of(session, user.id, arrival.media_group_id)
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
                shape=model.nearest_shape(user.default_shape or photo.shape),
                duration_s=model.nearest_length(user.default_duration_s),
            )
            mine = (Draft.user_id == user.id) & (Draft.source_key == arrival.source_key)
            draft = (await session.execute(select(Draft).where(mine))).scalar_one()
            if album_id:
                await share_caption(session, album_id)
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
                "shape": chosen.nearest_shape(draft.shape),
                "duration_s": chosen.nearest_length(draft.duration_s),
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
    if (await owned_draft(session, user_id, draft_id)).erased_at is not None:
        raise Erased
    idle = (Draft.id == draft_id) & (Draft.state != "working")
    if not changed_one(await session.execute(update(Draft).where(idle).values(**changes))):
        raise StillWorking
    await withdraw(session, [draft_id])  # what is changed is not what was to be ordered
    if "prompt" in changes:
        await close_offer(session, draft_id)
    return await session.get_one(Draft, draft_id, populate_existing=True)
