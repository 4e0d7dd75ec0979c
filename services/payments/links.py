"""Payment Links kept in step with the packs: one open link for each pack on sale, saying what the pack says.

Whatever is interrupted half-way is put right by the next round: making a link twice with one key makes it once, and a
link of ours that nobody knows of is closed.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from providers.payments import CardDesk, LinkTerms, PaymentError, PaymentLink
from storage.database import Database
from storage.tables import Pack, PackLink

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a round changed, and what it could not; a line each."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Links:
    def __init__(
        self,
        db: Database,
        desk: CardDesk,
        *,
        livemode: bool,
        bot_id: int,
        selling: bool,
        return_url: Callable[[], Awaitable[str]],
    ) -> None:
        """`selling`: whether cards are taken at all; `return_url`: where the browser goes after paying."""
        self._db = db
        self._desk = desk
        self._livemode = livemode
        self._bot = str(bot_id)
        self._selling = selling
        self._return_url = return_url

    async def keep(self, *, look: bool) -> Kept:
        """Bring the links in step with the packs; with `look`, what the vendor has with what we know as well.

        Raises PaymentError when the vendor cannot be asked.
        """
        kept = Kept()
        return_url = await self._return_url()
        await self._mend_all(return_url, kept)
        if look and await self._look(kept):
            await self._mend_all(return_url, kept)
        return kept

    async def waiting(self) -> list[str]:
        """The names of packs that still need a link, and of links that nothing needs."""
        return [_name(pack, link) for pack, link in await self._out_of_step(await self._return_url())]

    async def _mend_all(self, return_url: str, kept: Kept) -> None:
        for pack, link in await self._out_of_step(return_url):
            try:
                done = await self._mend(pack, link, return_url)
            except PaymentError as error:
                if error.retryable:
                    raise
                # One pack with a price the vendor does not take must not keep the others off the shelf.
                kept.failed.append(f"{_name(pack, link)}: {error}")
            else:
                kept.done.extend(done)

    async def _out_of_step(self, return_url: str) -> list[tuple[Pack | None, PackLink | None]]:
        """Packs that need a link, each with the one it has, and links that nothing needs."""
        async with self._db.reading() as session:
            on_sale = select(Pack).where(Pack.active).order_by(Pack.id)
            packs = {pack.id: pack for pack in (await session.execute(on_sale)).scalars()} if self._selling else {}
            links = {link.pack_id: link for link in (await session.execute(self._active())).scalars()}
        needing: list[tuple[Pack | None, PackLink | None]] = [
            (pack, links.get(pack.id)) for pack in packs.values() if not _agrees(pack, links.get(pack.id), return_url)
        ]
        return needing + [(None, link) for link in links.values() if link.pack_id not in packs]

    async def _mend(self, pack: Pack | None, link: PackLink | None, return_url: str) -> list[str]:
        """Make what is needed, remember it, and only then close what was: there is a link to pay at all the time."""
        made = await self._made(pack, return_url) if pack else None
        async with self._db.transaction() as session:
            if pack and made and not await self._replace(session, pack, made, return_url):
                return []  # the pack has changed meanwhile; the next round sees to it, and to this link
            if link:
                await session.execute(update(PackLink).where(PackLink.id == link.id).values(active=False))
        if link:
            await self._desk.close_link(link.link_id)
        return [f"{_name(pack, link)}: {'a new link' if made else 'its link is closed'}"]

    async def _made(self, pack: Pack, return_url: str) -> PaymentLink:
        terms = LinkTerms(
            name=pack.name,
            description=f"{pack.credits} credits",
            amount=pack.cents,
            currency=pack.currency,
            return_url=return_url,
            labels={"bot": self._bot, "pack_id": str(pack.id), "credits": str(pack.credits)},
        )
        async with self._db.reading() as session:
            counted = select(func.count()).select_from(PackLink).where(PackLink.pack_id == pack.id)
            before = (await session.execute(counted)).scalar_one()
        asked = [terms.name, terms.description, terms.amount, terms.currency, terms.return_url]
        digest = sha256(json.dumps(asked).encode()).hexdigest()[:24]
        # How many there were is part of the key: a pack that goes back to an earlier price needs a new link, too.
        return await self._desk.make_link(terms, key=f"link:{self._bot}:{pack.id}:{before}:{digest}")

    async def _replace(self, session: AsyncSession, wanted: Pack, made: PaymentLink, return_url: str) -> bool:
        """Put a new link on a pack in place of the one it has, unless that is no longer what the pack needs."""
        pack = (await session.execute(select(Pack).where(Pack.id == wanted.id).with_for_update())).scalar_one()
        current = await session.scalar(self._active().where(PackLink.pack_id == pack.id))
        same = _terms(pack) == _terms(wanted)
        if not (pack.active and same) or _agrees(pack, current, return_url):
            return False
        if current:
            current.active = False
            await session.flush()
        session.add(
            PackLink(
                pack_id=pack.id,
                link_id=made.id,
                url=made.url,
                name=pack.name,
                credits=pack.credits,
                cents=pack.cents,
                currency=pack.currency,
                return_url=return_url,
                livemode=self._livemode,
            )
        )
        return True

    async def _look(self, kept: Kept) -> bool:
        """Compare with what is open at the vendor. Returns whether a pack lost its link by that."""
        async with self._db.reading() as session:
            believed = (await session.execute(self._active())).scalars().all()
        open_ = {link.id: link for link in await self._desk.open_links()}
        gone = [link for link in believed if link.link_id not in open_]
        async with self._db.transaction() as session:
            closed = update(PackLink).where(PackLink.id.in_([link.id for link in gone])).values(active=False)
            await session.execute(closed)
            # Read after the list was: a link that was made and remembered meanwhile is none to be closed.
            known = {link.link_id for link in (await session.execute(self._active())).scalars()}
        for link in open_.values():
            if link.labels.get("bot") == self._bot and link.id not in known:
                await self._desk.close_link(link.id)
                kept.done.append(f"{link.id}: closed, as no pack has it")
        return bool(gone)

    def _active(self) -> Select[PackLink]:
        return select(PackLink).where(PackLink.active, PackLink.livemode == self._livemode)


def in_step(pack: Pack, link: PackLink | None) -> bool:
    """Whether a link says what the pack says: else nothing is sold at it."""
    return link is not None and _terms(link) == _terms(pack)


def _agrees(pack: Pack, link: PackLink | None, return_url: str) -> bool:
    return link is not None and in_step(pack, link) and link.return_url == return_url


def _terms(one: Pack | PackLink) -> tuple[str, int, int, str]:
    return one.name, one.credits, one.cents, one.currency


def _name(pack: Pack | None, link: PackLink | None) -> str:
    return pack.name if pack else link.name if link else ""
