"""Sending a message to many: a few at a time, slowly enough for conversations to go first, and each person once.

One process at a time has the duty. A round ends long before its lease does, and requests do not outlive their round, so
what is found in `sending` at the start of a round belongs to nobody any more (services.broadcasts.sending).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterable
from typing import Final, TypeVar

import structlog

from conversation.admin.broadcast_views import PER_SECOND
from conversation.broadcast_post import BroadcastPost
from conversation.faults import TryLater
from services.broadcasts.sending import Batch, Recipient, Result, Sending
from storage.tables import Broadcast

log = structlog.get_logger(__name__)
BROADCAST_SECONDS: Final = 1.0
LEASE_SECONDS: Final = 90.0
"""At least two thirds of it are left when a round begins (worker.duties)."""
ROUND_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 45.0
"""Then a round is ended whatever it waits for."""
AT_ONCE: Final = 5
SHOW_SECONDS: Final = 3.0
ROOM_SECONDS: Final = 0.1
GRACE_SECONDS: Final = 5.0
"""A request that nobody waits for any more may still arrive for a moment."""
LOOK_AT: Final = 24
"""Numbers that are tried for one message. In a private chat about one edit a second is let through."""

T = TypeVar("T")


class BroadcastDuty:
    def __init__(
        self,
        sending: Sending,
        post: BroadcastPost,
        *,
        per_second: float = PER_SECOND,
        at_once: int = AT_ONCE,
        grace_s: float = GRACE_SECONDS,
    ) -> None:
        self._sending = sending
        self._post = post
        self._pause_s = at_once / per_second
        self._at_once = at_once
        self._grace_s = grace_s
        self._shown_at = self._quiet_until = 0.0
        self._known: int | None = None
        """The broadcast we had in the last round."""
        self._after = 0
        """Whom of its people we had last."""
        self._newest: int | None = None
        """The newest message we know of."""

    async def round(self) -> None:
        if time.monotonic() < self._quiet_until:
            return
        broadcast = await self._sending.current()
        if broadcast is None:
            return
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await (self._take_back(broadcast) if broadcast.state == "recalling" else self._send(broadcast))
        except TryLater as refused:
            log.warning("message to many waits", broadcast=broadcast.id, why=str(refused))
            self._be_quiet(refused.seconds)

    async def _send(self, broadcast: Broadcast) -> None:
        await self._take_over(broadcast)
        until = time.monotonic() + ROUND_SECONDS
        while time.monotonic() < until:
            next_at = time.monotonic() + self._pause_s
            if not await self._next_few(broadcast):
                await self._end(broadcast)
                return
            await self._show(broadcast)
            if time.monotonic() < self._quiet_until:
                return
            await _until(next_at)

    async def _take_over(self, broadcast: Broadcast) -> None:
        """Find out about those nobody knows of: a new message to its author has the number up to which to look.

        It is also what the first ones come after, so it is sent whenever another process may have been at it before.
        Raises TryLater.
        """
        left = await self._sending.unsettled(broadcast.id)
        if left:
            await asyncio.sleep(self._grace_s)
        if left or self._known != broadcast.id:
            self._newest = await self._post.show_anew(broadcast.id)
            await self._find_out(broadcast, left, self._newest)
        self._known, self._after = broadcast.id, 0

    async def _next_few(self, broadcast: Broadcast) -> bool:
        """False: nobody waits any more. Whoever is being written to when the worker stops is seen to the end."""
        while not self._post.has_room:  # noqa: ASYNC110 - it comes with time, which sends no event
            await asyncio.sleep(ROOM_SECONDS)
        few = asyncio.create_task(self._claim_and_send(broadcast))
        try:
            return await asyncio.shield(few)
        except asyncio.CancelledError:
            await few
            raise

    async def _claim_and_send(self, broadcast: Broadcast) -> bool:
        batch = await self._claim(broadcast)
        sent = await asyncio.gather(*(self._post.send(broadcast, person) for person in batch.people))
        await self._sending.settle(broadcast.id, [one.result for one in sent])
        self._newest = max([self._newest or 0, *(one.result.message_id or 0 for one in sent)]) or None
        self._be_quiet(max((one.wait_s for one in sent), default=0.0))
        return batch.after is not None

    async def _claim(self, broadcast: Broadcast) -> Batch:
        """Behind the last ones, else from the start: some may have been put back."""
        batch = Batch([], None)
        for after in dict.fromkeys((self._after, 0)):
            batch = await self._sending.claim(broadcast.id, after=after, newest=self._newest, most=self._at_once)
            if batch.after is not None:
                self._after = batch.after
                break
        return batch

    async def _find_out(self, broadcast: Broadcast, left: list[Recipient], end: int | None) -> None:
        """What became of those who were being written to when a sender died, or the network did. Raises TryLater."""
        results = await _all(self._looked_for(broadcast, one, end) for one in left)
        if results:
            found = {one: sum(result.outcome == one for result in results) for one in ("sent", "waiting", "unsure")}
            log.warning("nobody knew of some", broadcast=broadcast.id, **found)

    async def _looked_for(self, broadcast: Broadcast, person: Recipient, end: int | None) -> Result:
        result = await self._look_for(broadcast, person, end)
        await self._sending.settle(broadcast.id, [result])
        return result

    async def _look_for(self, broadcast: Broadcast, person: Recipient, end: int | None) -> Result:
        """Among the numbers after the newest one known before, and before that of a message sent since."""
        if end is None or person.message_id is None:
            return Result(person.user_id, "unsure")
        first, last = person.message_id + 1, person.message_id + LOOK_AT
        for number in range(first, min(end, last + 1)):
            there = await self._post.is_there(broadcast, person, number)
            if there is not False:
                return Result(person.user_id, "sent", number) if there else Result(person.user_id, "unsure")
        return Result(person.user_id, "waiting" if end <= last + 1 else "unsure")

    async def _take_back(self, broadcast: Broadcast) -> None:
        """Deleting twice does no harm: whoever comes after a death begins anew. Raises TryLater."""
        if self._known != -broadcast.id:
            self._known, self._after = -broadcast.id, 0
        until = time.monotonic() + ROUND_SECONDS
        while time.monotonic() < until:
            next_at = time.monotonic() + self._pause_s
            people = await self._sending.recallable(broadcast.id, after=self._after, most=self._at_once)
            if not people:
                await self._end(broadcast)
                return
            gone = await _all(self._post.take_back(person) for person in people)
            deleted = [person.user_id for person, is_gone in zip(people, gone, strict=True) if is_gone]
            await self._sending.recalled(broadcast.id, deleted)
            self._after = people[-1].user_id
            await self._show(broadcast)
            await _until(next_at)

    async def _end(self, broadcast: Broadcast) -> None:
        if await self._sending.finish(broadcast.id):
            log.info("message to many is through", broadcast=broadcast.id)
        await self._post.show(broadcast.id)

    async def _show(self, broadcast: Broadcast) -> None:
        if time.monotonic() - self._shown_at >= SHOW_SECONDS:
            self._shown_at = time.monotonic()
            await self._post.show(broadcast.id)

    def _be_quiet(self, seconds: float) -> None:
        if seconds > 0:
            self._quiet_until = time.monotonic() + seconds


async def _until(moment: float) -> None:
    await asyncio.sleep(max(moment - time.monotonic(), 0.0))


async def _all(work: Iterable[Awaitable[T]]) -> list[T]:
    """See all of it to its end, then raise what one of it raised."""
    results = await asyncio.gather(*work, return_exceptions=True)
    done: list[T] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        done.append(result)
    return done
