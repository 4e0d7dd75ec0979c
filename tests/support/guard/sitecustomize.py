"""Keeps a Python process, from its first line on, from talking to anybody beyond this machine.

Python imports a module of this name by itself when it starts. `tests/conftest.py` imports it for the tests' own
process and puts this folder on PYTHONPATH, so every Python process that a test starts is held to it as well. An audit
hook sees each attempt of any library and cannot be taken out again. Each attempt raises, and is also written to
the file ECHOES_REACHED_OUT: a test whose attempt was swallowed by an `except` fails all the same.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Set
from pathlib import Path

REPORT = "ECHOES_REACHED_OUT"
ADDRESSED = {"socket.connect", "socket.sendto", "socket.sendmsg"}
NAMED = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}


class ReachedOut(AssertionError):
    """Somebody tried to talk to the world beyond this machine."""


def is_local(host: object) -> bool:
    """Whether a host, by name or number, is this machine. None and the empty name are."""
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def _watch(event: str, args: tuple[object, ...], addressed: Set[str] = ADDRESSED, named: Set[str] = NAMED) -> None:
    # (Defaults, because it is called until the very end of the process, when this module's names are gone.)
    if event in addressed and isinstance(args[1], tuple) and isinstance(args[1][0], str):
        _refuse_unless_local(args[1][0])
    elif event in named:
        _refuse_unless_local(args[0])


def _refuse_unless_local(host: object) -> None:
    if is_local(host):
        return
    report = os.environ.get(REPORT)
    if report:
        with Path(report).open("a", encoding="utf-8") as file:
            file.write(f"{host!r} (process {os.getpid()}: {' '.join(sys.argv[:3])})\n")
    raise ReachedOut(f"{host!r} is not on this machine")


sys.addaudithook(_watch)
