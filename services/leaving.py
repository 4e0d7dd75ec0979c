"""Forgetting somebody: what is theirs goes, what the books need stays, and nothing in it says who they were.

Objects in the store go with the next rounds of services.erasing, once nothing is being made of them any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, String, case, cast, delete, func, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.erasing import FORGOTTEN
from storage.clock import db_now
from storage.tables import Draft, Film, Incoming, Inquiry, Job, Outgoing, Payment, Project, Question, Share, Take, User

WRITTEN: Final = ("from_team", "question")
"""Messages that hold what somebody wrote."""
SAID: Final = ("message", "edited_message", "callback_query", "inline_query", "pre_checkout_query")


async def forget(session: AsyncSession, user: User, mark: int) -> None:
    """Part of a use case that has cancelled what was being made for them. `mark`: in the place of their Telegram id."""
    await _words(session, user.id)
    await _projects(session, user.id)
    await _messages(session, user)
    # Of a payment nobody has yet it must stay known who paid: the money is theirs.
    settled = (Payment.user_id == user.id) & (Payment.state != "unmatched")
    await session.execute(update(Payment).where(settled).values(payer_id=None, receipt_url=None))
    await session.execute(update(User).where(User.id == user.id).values(**_nobody(mark)))


def _nobody(mark: int) -> Mapping[str, Any]:
    """The row of somebody nobody knows. By the mark they find it again, should they come back."""
    gone = {"erased_at": db_now(), "unreachable_at": db_now(), "news_off_at": db_now()}
    blank: dict[str, Any] = {"first_name": "", "username": None, "referral_code": None, "dialogue": {}}
    return {"telegram_id": mark} | blank | gone


async def _words(session: AsyncSession, user_id: int) -> None:
    """What they wrote about their photos, and Telegram's ids of what came of it."""
    await session.execute(update(Inquiry).where(Inquiry.user_id == user_id).values(**_unasked()))
    drafts = update(Draft).where(Draft.user_id == user_id).values(source_key=_forgotten())
    drafts = drafts.values(prompt="", photo_file_id=None)
    await session.execute(drafts.execution_options(synchronize_session=False))
    await session.execute(update(Take).where(Take.user_id == user_id).values(prompt="", video_file_id=None))
    await session.execute(update(Film).where(Film.user_id == user_id).values(video_file_id=None))
    for job_id, params in await session.execute(select(Job.id, Job.params).where(Job.user_id == user_id)):
        blank = {name: "" for name in ("prompt", "photo_key") if params.get(name)}
        await session.execute(update(Job).where(Job.id == job_id).values(params=params | blank))


def _forgotten() -> ColumnElement[str]:
    """By which services.erasing knows them. It was made of their chat."""
    return literal(FORGOTTEN).concat(cast(Draft.id, String))


def _unasked() -> dict[str, Any]:
    state = case((Inquiry.state == "waiting", "closed"), else_=Inquiry.state)
    answer = case((Inquiry.answer.is_not(None), ""), else_=null())
    return {"prompt": "", "answer": answer, "wish": null(), "state": state, "lease_until": None}


async def _projects(session: AsyncSession, user_id: int) -> None:
    """Deleted as their owner would, with nobody to bring them back."""
    there = (Project.user_id == user_id) & Project.deleted_at.is_(None)
    await session.execute(update(Project).where(Project.user_id == user_id).values(name=None))
    await session.execute(update(Project).where(there).values(deleted_at=db_now()))
    shared = (Share.user_id == user_id) & Share.revoked_at.is_(None)
    await session.execute(update(Share).where(shared).values(revoked_at=db_now()))


async def _messages(session: AsyncSession, user: User) -> None:
    """What they wrote to the team or it to them, and what Telegram brought of them and was handled."""
    theirs = (Outgoing.user_id == user.id) & Outgoing.kind.in_(WRITTEN)
    asked = Outgoing.key.startswith(f"question:{user.id}:")
    waiting = (Outgoing.user_id == user.id) & (Outgoing.state == "waiting")
    silent = update(Outgoing).where(waiting).values(state="given_up", fence=Outgoing.fence + 1)
    await session.execute(silent.execution_options(synchronize_session=False))
    await session.execute(delete(Outgoing).where(theirs | asked).execution_options(synchronize_session=False))
    unasked = update(Question).where(Question.user_id == user.id)
    unasked = unasked.values(text="", closed_at=func.coalesce(Question.closed_at, db_now()))
    await session.execute(unasked.execution_options(synchronize_session=False))
    gone = delete(Incoming).where(Incoming.handled_at.is_not(None), _sent_by(user.telegram_id))
    await session.execute(gone.execution_options(synchronize_session=False))


def _sent_by(telegram_id: int) -> ColumnElement[bool]:
    return Incoming.source.startswith("telegram:") & or_(
        *(cast(Incoming.body[(kind, "from", "id")].as_string(), BigInteger) == telegram_id for kind in SAID)
    )
