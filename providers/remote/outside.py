"""Fetching from, and sending to, addresses that a vendor named, under bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from providers.base import FailureReason, ProviderError
from providers.remote.addresses import Forbidden, PublicResolver, checked
from providers.remote.watch import watched

MOST_BYTES: Final = 128 * 1024 * 1024
"""Of a clip. Ten seconds of 720p are 5 to 30 MB."""
SECONDS: Final = 180.0
"""For the whole of a download or upload, redirects included."""
MOST_REDIRECTS: Final = 3
CHUNK: Final = 1 << 18
_REDIRECTS: Final = {301, 302, 303, 307, 308}
_EXPIRED: Final = {403, 404, 410}
"""What object stores answer to a link that is too old. A new one is had by asking the vendor again."""


class Outside:
    """`own` is the vendor's API. Only there the `headers` with our key are sent, and only it may be on a private
    network, since whoever named it in the settings meant it."""

    def __init__(
        self,
        vendor: str,
        own: URL,
        headers: Mapping[str, str],
        *,
        most_bytes: int = MOST_BYTES,
        seconds: float = SECONDS,
        at_once: int = 4,
    ) -> None:
        self._vendor = vendor
        self._own = own
        self._headers = dict(headers)
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._room = asyncio.Semaphore(at_once)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def download(self, address: str, into: Path) -> None:
        """Write what is there to the file `into`, which is complete or not there. Raises ProviderError (retryable)."""
        async with self._room:
            with watched(self._vendor, "download"):
                try:
                    async with asyncio.timeout(self._seconds):
                        await self._download(address, into)
                except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
                    raise self._failed(f"broke off ({type(error).__name__})") from None  # its text has the link
                except Forbidden as error:
                    raise self._failed(f"leads to {error}", retryable=False) from None

    async def upload(self, address: str, fields: Mapping[str, str], data: bytes) -> None:
        """Send a form as object stores want it: the fields first, the file last. Raises ProviderError (retryable)."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value)
        form.add_field("file", data, filename="photo.jpg", content_type="image/jpeg")
        with watched(self._vendor, "upload"):
            try:
                async with asyncio.timeout(self._seconds):
                    await self._upload(checked(address, own=self._own), form)
            except (aiohttp.ClientError, OSError) as error:
                raise self._failed(f"broke off ({type(error).__name__})") from None
            except Forbidden as error:
                raise self._failed(f"leads to {error}", retryable=False) from None

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    async def _download(self, address: str, into: Path) -> None:
        url = checked(address, own=self._own)
        for _ in range(MOST_REDIRECTS + 1):
            async with self._session(url).get(url, headers=self._key(url), allow_redirects=False) as response:
                if response.status == 200:
                    await self._copy(response, into)
                    return
                if response.status not in _REDIRECTS or "Location" not in response.headers:
                    raise self._refused(response.status)
                url = checked(response.headers["Location"], own=self._own, seen_at=url)
        raise self._failed("leads from place to place")

    async def _copy(self, response: aiohttp.ClientResponse, into: Path) -> None:
        size = 0
        complete = False
        file = await asyncio.to_thread(into.open, "wb")
        try:
            async for chunk in response.content.iter_chunked(CHUNK):
                size += len(chunk)
                if size > self._most_bytes:
                    raise self._failed(f"is larger than {self._most_bytes} bytes", retryable=False)
                await asyncio.to_thread(file.write, chunk)
            complete = True
        finally:
            file.close()
            if not complete:
                await asyncio.to_thread(into.unlink, missing_ok=True)

    async def _upload(self, url: URL, form: aiohttp.FormData) -> None:
        async with self._session(url).post(url, data=form, allow_redirects=False) as response:
            if response.status // 100 != 2:
                raise self._refused(response.status)

    def _is_own(self, url: URL) -> bool:
        return url.origin() == self._own.origin()

    def _key(self, url: URL) -> dict[str, str]:
        return self._headers if self._is_own(url) else {}

    def _session(self, url: URL) -> aiohttp.ClientSession:
        own = self._is_own(url)
        if own not in self._sessions:
            resolver = None if own else PublicResolver()
            connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False)
            options: dict[str, Any] = {"timeout": aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=30)}
            self._sessions[own] = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), **options
            )
        return self._sessions[own]

    def _refused(self, status: int) -> ProviderError:
        return self._failed("has expired" if status in _EXPIRED else f"answers {status}")

    def _failed(self, what: str, *, retryable: bool = True) -> ProviderError:
        words = f"the address that {self._vendor} gave {what}"
        return ProviderError(words, provider=self._vendor, reason=FailureReason.BAD_RESULT, retryable=retryable)
