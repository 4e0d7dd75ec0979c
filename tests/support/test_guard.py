"""No test, and no Python process it starts, talks to anybody beyond this machine."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.guard import sitecustomize as guard

ELSEWHERE = ("192.0.2.1", 80)  # TEST-NET-1, RFC 5737: nobody is there


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A report of the test's own, so that provoking the guard does not fail it."""
    path = tmp_path / "report"
    monkeypatch.setenv(guard.REPORT, str(path))
    return path


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_it_refuses_a_connection_to_elsewhere(report: Path, method: str) -> None:
    with socket.socket() as sock, pytest.raises(guard.ReachedOut):
        getattr(sock, method)(ELSEWHERE)
    assert "192.0.2.1" in report.read_text()


def test_it_refuses_a_datagram_to_elsewhere(report: Path) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(guard.ReachedOut):
        sock.sendto(b"hello", ELSEWHERE)
    assert report.exists()


async def test_it_refuses_to_look_up_a_name_even_for_asyncio(report: Path) -> None:
    with pytest.raises(guard.ReachedOut):
        await asyncio.open_connection("somewhere.example", 80)
    assert "somewhere.example" in report.read_text()


def test_it_notes_what_the_code_swallowed(report: Path) -> None:
    try:
        socket.getaddrinfo("somewhere.example", 80)
    except Exception:  # noqa: BLE001 - this is what careless code does
        assert "somewhere.example" in report.read_text()


def test_it_holds_processes_that_a_test_starts_too(report: Path) -> None:
    script = f"import socket; socket.socket().connect({ELSEWHERE})"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "ReachedOut" in ended.stderr
    assert "192.0.2.1" in report.read_text()


def test_it_lets_this_machine_talk_to_itself(report: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as sock:
        sock.connect(("localhost", server.getsockname()[1]))
    assert not report.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost", b"localhost", None])
def test_it_knows_what_is_local(host: object) -> None:
    assert guard.is_local(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "localhost.example", "127.0.0.1.x"])
def test_it_knows_what_is_not(host: str) -> None:
    assert not guard.is_local(host)


def test_a_test_whose_attempt_was_swallowed_fails(tmp_path: Path) -> None:
    test = tmp_path / "test_careless.py"
    test.write_text(
        "import contextlib, socket\n"
        "def test_careless():\n"
        "    with contextlib.suppress(Exception):\n"
        f"        socket.socket().connect({ELSEWHERE})\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(root / "pyproject.toml")]
    ended = subprocess.run(
        [*command, "-p", "tests.conftest", str(test)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "reached out beyond this machine: '192.0.2.1'" in ended.stdout
