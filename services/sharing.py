"""Sharing a project: a link for whoever should see it, and credits for each new person it brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services import ledger, outbox
from services.errors import NothingToShare, NotYours
from services.films.content import Content, content_of, digest_of
from services.films.options import FilmOptions
from services.ledger import TransferKind
from services.live.values import Values
from services.payments.orders import new_token
from storage.clock import db_now, now_plus
from storage.database import Database
from storage.insert import changed_one, insert_once
from storage.tables import Clip, Film, Project, Share, ShareVisit, Take, User

DAY_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """A live link, and what came of it: those before it count, too, as one project has one link at a time."""

    share: Share
    project: Project
    newcomers: int
    """People who were new and came through it."""
    earned: int
    """Credits its owner got for them."""
    each: int
    """Credits for the next one, while the day's limit allows."""
    address: str | None
    """Where the player shows it; None where nobody outside could open it."""


@dataclass(frozen=True, slots=True)
class SharedProject:
    """What somebody with the link gets to see. There is at least one take."""

    share: Share
    project: Project
    sharer: User
    takes: list[Take]
    """The approved takes in their order."""
    captions: Mapping[int, str]
    """By take: what is shown while it plays."""
    film: Film | None
    """The newest file it was joined into, if the messenger has it and nothing was changed since."""
    address: str | None

    @property
    def seconds(self) -> float:
        return sum(take.seconds for take in self.takes)


class Sharing:
    def __init__(self, db: Database, values: Callable[[], Values], *, player: str | None = None) -> None:
        """`values`: those in force now; `player`: the address below which a shared project is played, None where nobody
        outside could open it.
        """
        self._db = db
        self._values = values
        self._player = player

    async def share(self, user_id: int, project_id: int) -> Share:
        """The link of a project: the live one if there is one, else a new one.

        Raises NotYours, also for a deleted project; NothingToShare for one without clips.
        """
        async with self._db.transaction() as session:
            await _owned(session, user_id, project_id)
            if await session.scalar(select(Clip.id).where(Clip.project_id == project_id).limit(1)) is None:
                raise NothingToShare
            await insert_once(session, Share, token=new_token(), project_id=project_id, user_id=user_id)
            # A link that was revoked stays dead: the project gets another one.
            dead = (Share.project_id == project_id) & Share.revoked_at.is_not(None)
            anew = update(Share).where(dead).values(token=new_token(), revoked_at=None, created_at=db_now())
            await session.execute(anew)
            return (await session.execute(select(Share).where(Share.project_id == project_id))).scalar_one()

    async def revoke(self, user_id: int, project_id: int) -> bool:
        """Let the link of a project lead nowhere. Returns whether there was a live one. Raises NotYours."""
        async with self._db.transaction() as session:
            await _owned(session, user_id, project_id)
            live = (Share.project_id == project_id) & Share.revoked_at.is_(None)
            return changed_one(await session.execute(update(Share).where(live).values(revoked_at=db_now())))

    async def facts(self, user_id: int, project_id: int) -> ShareFacts | None:
        """How the sharing of a project goes; None while it is not shared. Raises NotYours."""
        async with self._db.reading() as session:
            project = await _owned(session, user_id, project_id, lock=False)
            share = await session.scalar(
                select(Share).where(Share.project_id == project_id, Share.revoked_at.is_(None))
            )
            if share is None:
                return None
            came = select(func.count(), func.coalesce(func.sum(ShareVisit.credits), 0))
            count, earned = (await session.execute(came.where(ShareVisit.share_id == share.id))).one()
            each, address = self._values().share_credits, self._address(share)
            return ShareFacts(share, project, count, earned, each, address)

    async def shown(self, token: str) -> SharedProject | None:
        """What a link leads to, for whoever has it; None where it leads nowhere: it is not live, or all is gone."""
        async with self._db.reading() as session:
            return await self._shown(session, Share.token == token)

    async def mine(self, user_id: int, token: str) -> SharedProject | None:
        """The same, for nobody but whoever shared it."""
        async with self._db.reading() as session:
            return await self._shown(session, (Share.token == token) & (Share.user_id == user_id))

    async def _shown(self, session: AsyncSession, which: ColumnElement[bool]) -> SharedProject | None:
        found = (await session.execute(_live(which))).first()
        if found is None:
            return None
        share, project, sharer = found
        content = await content_of(session, share.user_id, project.id)
        takes = [take for take in content.takes if take.erased_at is None]
        if not takes:
            return None
        film = await _film(session, content)
        return SharedProject(share, project, sharer, takes, content.captions, film, self._address(share))

    def _address(self, share: Share) -> str | None:
        return f"{self._player}/{share.token}" if self._player else None


async def opened(session: AsyncSession, token: str, visitor_id: int, values: Values) -> None:
    """Somebody new came through a share, as part of their registration: whoever shared gets credits for them, once.

    What is over the day's limit is counted as a visit and not credited. A revoked or unknown link does nothing.
    """
    found = (await session.execute(_live(Share.token == token))).first()
    if found is None or found[0].user_id == visitor_id:
        return
    share = found[0]
    # Under the sharer's lock, so that visitors of the same moment do not each see room below the limit.
    await ledger.lock(session, share.user_id, visitor_id)
    amount = await _due(session, share.user_id, values)
    visit = await insert_once(session, ShareVisit, share_id=share.id, visitor_id=visitor_id, credits=amount)
    if visit is not None and amount:
        key, kind = f"share:{visit}", TransferKind.SHARE
        await ledger.grant(session, share.user_id, amount, kind=kind, key=key)
        payload = {"visit_id": visit, "credits": amount}
        await outbox.put(
            session, key=f"share_credited:{visit}", user_id=share.user_id, kind="share_credited", payload=payload
        )


async def _due(session: AsyncSession, user_id: int, values: Values) -> int:
    """What the next visit is worth to a sharer, given what they earned in the last 24 hours."""
    theirs = select(func.coalesce(func.sum(ShareVisit.credits), 0)).join(Share, Share.id == ShareVisit.share_id)
    today = theirs.where(Share.user_id == user_id, ShareVisit.created_at > now_plus(-DAY_SECONDS))
    earned = (await session.execute(today)).scalar_one()
    return max(0, min(values.share_credits, values.share_daily_limit - earned))


def _live(which: ColumnElement[bool]) -> Select[Share, Project, User]:
    """Links that lead somewhere, each with its project and whoever shares it."""
    shared = select(Share, Project, User).join(Project, Project.id == Share.project_id)
    shared = shared.join(User, User.id == Share.user_id)
    return shared.where(which, Share.revoked_at.is_(None), Project.deleted_at.is_(None))


async def _film(session: AsyncSession, content: Content) -> Film | None:
    """What was taken out of a project since is not shown to others: a film of what it was will not do."""
    made = (Film.project_id == content.project.id) & Film.video_file_id.is_not(None) & Film.erased_at.is_(None)
    films = (await session.scalars(select(Film).where(made).order_by(Film.number.desc()))).all()
    as_it_is = (one for one in films if one.digest == digest_of(content.order(FilmOptions(**one.options))))
    return next(as_it_is, None)


async def _owned(session: AsyncSession, user_id: int, project_id: int, *, lock: bool = True) -> Project:
    # Shares of one project are made one after the other.
    project = await session.get(Project, project_id, with_for_update={"key_share": True} if lock else None)
    if project is None or project.user_id != user_id or project.deleted_at is not None:
        raise NotYours
    return project
