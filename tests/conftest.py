"""For every test: no network beyond this machine, and the same random numbers in CI each time."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

pytest_plugins = ["tests.support.postgres", "tests.support.s3"]

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

# Processes that tests start inherit this: whatever honours proxies ends at a closed port.
os.environ |= {
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1,localhost",
}
os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")  # noqa: S108 - keeps a library from warning that there is none


class ReachedOut(AssertionError):
    """A test tried to talk to somebody beyond this machine."""


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a unix socket
    host = str(address[0]).split("%")[0]
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network_beyond_this_machine() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        real: Any = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, real: Any = real) -> Any:
            if not _is_local(address):
                raise ReachedOut(f"{address} is not on this machine")
            return real(self, address)

        patch.setattr(socket.socket, name, guarded)
    resolve = socket.getaddrinfo

    def resolved(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local((name,)):
            raise ReachedOut(f"{name} is not on this machine")
        return resolve(host, *args, **kwargs)

    patch.setattr(socket, "getaddrinfo", resolved)
    yield
    patch.undo()
