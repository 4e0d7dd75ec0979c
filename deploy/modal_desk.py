"""Our HTTP contract on Modal without Modal: what is kept, and that one token is one clip.

A call is started first and claims its token after, and the call itself does so too when it begins. Whoever claims first
has it, and a call that finds its token taken ends at once. So a crash between starting and claiming loses nothing, and
nothing is ever made twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from deploy.contract import BadJob, no, read

Reply = tuple[int, dict[str, Any]]
"""An HTTP status, and a JSON object; one with a `clip` goes out as the clip itself."""


class Pending(Exception):
    """The call has not ended."""


class Gone(Exception):
    """The call's result is kept no longer."""


class Unknown(Exception):
    """There never was such a call."""


class Notes(Protocol):
    """A dictionary that all containers share, as `modal.Dict` is one. What is not used for a week goes from it."""

    async def get(self, key: str) -> Any: ...

    async def put(self, key: str, value: Any) -> None: ...

    async def claim(self, key: str, value: Any) -> bool:
        """Write only if nothing is there. Whether this was the first."""
        ...

    async def drop(self, key: str) -> None: ...


class Calls(Protocol):
    async def start(self, job: dict[str, Any]) -> str:
        """Returns the call's id."""
        ...

    async def result(self, call_id: str) -> dict[str, Any]:
        """What the call returned. Raises Pending, Gone, Unknown."""
        ...

    async def stop(self, call_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    notes: Notes
    calls: Calls

    async def accept(self, given: Any) -> Reply:
        try:
            job = read(given)
        except BadJob as bad:
            return 400, no("bad_input", str(bad))
        known = await self.notes.get(_of_token(job.token))
        if known is not None:
            return 200, {"call_id": known}
        call_id = await self.calls.start(given)
        if await self.begins(job.token, call_id):
            return 200, {"call_id": call_id}
        return 200, {"call_id": await self.notes.get(_of_token(job.token)) or call_id}

    async def begins(self, token: str, call_id: str) -> bool:
        """Whether this call is the one for its token. The call asks it too, before it does anything."""
        if await self.notes.claim(_of_token(token), call_id):
            await self.notes.put(_of_call(call_id), token)
            return True
        return bool(await self.notes.get(_of_token(token)) == call_id)

    async def progress(self, call_id: str, share: float) -> None:
        await self.notes.put(f"progress {call_id}", share)

    async def result(self, call_id: str) -> Reply:
        if await self.notes.get(f"cancelled {call_id}"):
            return 410, no("internal", "the call was cancelled")
        try:
            ended = await self.calls.result(call_id)
        except Pending:
            share = await self.notes.get(f"progress {call_id}")
            running = {"status": "waiting" if share is None else "running", "progress": share or 0.0}
            return 202, {"call_id": call_id, **running}
        except Gone:
            return 410, no("internal", "the result is kept no longer")
        except Unknown:
            return 404, no("internal", "no such call")
        return 200, {"call_id": call_id, **ended}

    async def cancel(self, call_id: str) -> Reply:
        token = await self.notes.get(_of_call(call_id))
        if token is None:
            return 404, no("internal", "no such call")
        await self.notes.put(f"cancelled {call_id}", value=True)
        await self.notes.drop(_of_token(token))  # wanted again after all, it is made anew
        await self.calls.stop(call_id)
        return 200, {"call_id": call_id, "status": "cancelled"}


def _of_token(token: str) -> str:
    return f"token {token}"


def _of_call(call_id: str) -> str:
    return f"call {call_id}"
