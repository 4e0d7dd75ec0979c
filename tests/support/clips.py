"""Clips that were paid for, without the work of making them."""

from __future__ import annotations

from services import outbox
from storage.clock import db_now
from storage.database import Database
from storage.tables import Draft, Hold, Job, Take


async def delivered(db: Database, user_id: int, hold_id: int, *, charge: int) -> Take:
    """The rows of a clip that a captured hold paid for, or `charge` credits of it, as they are after its delivery."""
    async with db.transaction() as session:
        hold = await session.get_one(Hold, hold_id)
        draft = Draft(
            user_id=user_id,
            source_key=f"hold:{hold_id}",
            photo_key="photo",
            photo_width=320,
            photo_height=213,
            model="vendor-one",
            shape="16:9",
            duration_s=5,
        )
        session.add(draft)
        await session.flush()
        job = Job(
            user_id=user_id,
            draft_id=draft.id,
            kind="clip",
            request_key=f"hold:{hold_id}",
            params={},
            price=hold.amount,
            charge=charge,
            hold_id=hold_id,
            state="succeeded",
            provider="vendor",
            due_at=db_now(),
            deadline_at=db_now(),
            finished_at=db_now(),
        )
        session.add(job)
        await session.flush()
        take = Take(
            user_id=user_id,
            draft_id=draft.id,
            job_id=job.id,
            number=1,
            prompt="",
            video_key="video",
            thumbnail_key="thumbnail",
            width=160,
            height=90,
            seconds=5.0,
            size_bytes=1,
        )
        session.add(take)
        await outbox.put(session, key=f"clip_ready:{job.id}", user_id=user_id, kind="clip_ready", payload={})
        return take
