"""HTTP with one vendor: its address, its key, bounds on everything, and errors in our words.

It goes over aiohttp's own client. That costs the least processor time a request, and its errors tell a connection that
was never made from one that broke: the bridge to httpx calls a server that hung up after taking the work a "connect
time-out", and then work that is under way would be handed over, and paid for, again.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from yarl import URL

from providers.base import FailureReason, OutcomeUnknown, ProviderError
from providers.remote.answers import Answer, refusal
from providers.remote.watch import watched

CONNECT_SECONDS: Final = 10.0
ASK_SECONDS: Final = 30.0
SUBMIT_SECONDS: Final = 60.0
"""A photo goes up with it; and whoever gives up waiting does not know whether it was taken."""
MOST_BYTES: Final = 48 * 1024 * 1024
"""Of an answer: a clip of ten seconds in base64, and no more."""

_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.:-]{0,159}")
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)

Judge = Callable[[Answer], ProviderError | None]
"""A vendor's own meaning of an answer that is not 2xx; None where it means what it means everywhere."""


class Wire:
    """`base_url` without a slash at its end. At most `at_once` requests are under way; the others wait their turn."""

    def __init__(
        self,
        vendor: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        judge: Judge = lambda _answer: None,
        at_once: int = 100,
        ask_seconds: float = ASK_SECONDS,
        submit_seconds: float = SUBMIT_SECONDS,
    ) -> None:
        self.vendor = vendor
        self.base = URL(base_url.rstrip("/"))
        self.headers = dict(headers)
        self._judge = judge
        self._room = asyncio.Semaphore(at_once)
        self._ask_seconds, self._submit_seconds = ask_seconds, submit_seconds
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._quiet_until: dict[str, tuple[float, ProviderError]] = {}

    async def ask(
        self,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        passing: Collection[int] = (),
        unread: str | None = None,
    ) -> Answer:
        """The answer to a question that may be repeated, if its status is 2xx or one of `passing`.

        `operation` names it in measurements. A body whose type begins with `unread` is left where it is.
        Raises ProviderError.
        """
        with watched(self.vendor, operation):
            self._obey(operation)
            try:
                answer = await self._exchange(method, path, body, unread=unread, seconds=self._ask_seconds)
            except (aiohttp.ClientError, OSError) as error:  # OSError has TimeoutError in it
                raise self._unavailable(error) from None
            if answer.status // 100 != 2 and answer.status not in passing:
                raise self._refused(answer, operation)
            return answer

    async def submit(self, path: str, body: Mapping[str, Any], *, id_field: str = "id") -> str:
        """Hand work over, once, and return the vendor's id for it.

        Raises ProviderError where the vendor certainly has not taken it, and OutcomeUnknown where nobody can say.
        """
        with watched(self.vendor, "submit"):
            self._obey("submit")
            try:
                answer = await self._exchange("POST", path, body, alone=True, seconds=self._submit_seconds)
            except _NEVER_SENT as error:
                raise self._unavailable(error) from None
            except (aiohttp.ClientError, OSError) as error:
                raise self._unknown(f"broke off ({type(error).__name__})") from None
            return self._taken(answer, id_field)

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    def _taken(self, answer: Answer, id_field: str) -> str:
        if answer.status >= 500 or answer.status == 408:
            raise self._unknown(f"answered {answer.status}")
        if answer.status // 100 != 2:
            raise self._refused(answer, "submit")
        try:
            external_id = answer.text(id_field)
        except ProviderError as error:
            raise self._unknown(f"gave no id ({error})") from None
        if not _ID.fullmatch(external_id):
            raise self._unknown("gave an id that cannot be one")
        return external_id

    async def _exchange(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        seconds: float,
        alone: bool = False,
        unread: str | None = None,
    ) -> Answer:
        timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)
        url = URL(f"{self.base}{path}", encoded=True)
        async with (
            self._room,
            self._session(alone=alone).request(
                method, url, json=body, headers=self.headers, timeout=timeout, allow_redirects=False
            ) as response,
        ):
            keep = unread is None or not response.content_type.startswith(unread)
            content = await _bounded(response) if keep else b""
            return Answer(self.vendor, response.status, response.content_type, response.headers, content)

    def _session(self, *, alone: bool) -> aiohttp.ClientSession:
        """Made at first use, since it belongs to the loop that runs then.

        A submission has a connection of its own (`alone`): one kept from earlier may have died unseen, and then
        nobody could say whether the vendor got the work.
        """
        if alone not in self._sessions:
            connector = aiohttp.TCPConnector(limit=0, force_close=alone)
            self._sessions[alone] = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._sessions[alone]

    def _refused(self, answer: Answer, operation: str) -> ProviderError:
        error = self._judge(answer) or refusal(answer)
        if error.retry_after and error.retryable:
            self._quiet_until[operation] = (time.monotonic() + error.retry_after, error)
        return error

    def _obey(self, operation: str) -> None:
        """A vendor that said when to come back is not asked the same thing before."""
        until, error = self._quiet_until.get(operation, (0.0, None))
        left = until - time.monotonic()
        if error is not None and left > 0:
            raise ProviderError(
                f"{self.vendor} wants to be left alone for {left:.0f} s",
                provider=self.vendor,
                reason=error.reason,
                retryable=True,
                retry_after=left,
            )

    # Only the kind of a connection's error is told: its text can hold the address, and its traceback the key.

    def _unavailable(self, error: Exception) -> ProviderError:
        words = f"{self.vendor} cannot be reached: {type(error).__name__}"
        return ProviderError(words, provider=self.vendor, reason=FailureReason.UNAVAILABLE, retryable=True)

    def _unknown(self, what: str) -> OutcomeUnknown:
        return OutcomeUnknown(f"{self.vendor} {what} when it was handed work", provider=self.vendor)


def part(external_id: str) -> str:
    """A vendor's id as one part of a path."""
    return quote(external_id, safe="")


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        content += chunk
        if len(content) > MOST_BYTES:
            raise aiohttp.ClientPayloadError("the answer is too long")
    return bytes(content)
