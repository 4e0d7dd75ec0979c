"""Which addresses a vendor may send us to: those of the public internet, over https, and its own.

A "result" can point anywhere, at this machine's neighbours and the cloud's metadata service too. Names are checked
where they are resolved for the connection itself, so that one that resolves differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(Exception):
    """We do not go there. The address itself is not repeated: it may be signed, or hostile."""


def checked(address: str, *, own: URL, seen_at: URL | None = None) -> URL:
    """The address, if we go there: `own` with any path, or https to what is not plainly a private place.

    A redirect's may be relative to the place it was `seen_at`. Raises Forbidden.
    """
    try:
        url = URL(address) if seen_at is None else seen_at.join(URL(address))
        if url.origin() == own.origin():
            return url
        private = url.host is None or (_is_number(url.host) and not is_public(url.host))
    except ValueError:
        raise Forbidden("not an address") from None
    if url.scheme != "https" or url.user is not None or private:
        raise Forbidden("not an address of the public internet over https")
    return url


def is_public(number: str) -> bool:
    """Whether an IP address is of the public internet, looking through IPv6 that only wraps IPv4."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.sixtofour is not None or address.teredo is not None:
            return False
        wrapped = ipaddress.IPv4Address(address.packed[-4:]) if address in _NAT64 else address.ipv4_mapped
        if wrapped is not None:
            return is_public(str(wrapped))
    return address.is_global and not address.is_multicast


class PublicResolver(AbstractResolver):
    """Resolves names to their public addresses. Raises Forbidden for a name that has none."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise Forbidden("a name that leads to a private network")
        return public

    async def close(self) -> None:
        await self._inner.close()


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
