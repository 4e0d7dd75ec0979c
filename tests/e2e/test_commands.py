"""The commands of the program: what they say, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.world import World, free_port

REPOSITORY = Path(__file__).parents[2]


def bot(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], env=env, capture_output=True, text=True, timeout=60, check=False
    )


def bare(tmp_path: Path, **settings: str) -> dict[str, str]:
    """An environment with nothing set but what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"PYTHONPATH": str(REPOSITORY), "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"} | settings


def test_without_a_token_it_says_what_is_missing_and_where_to_look(tmp_path: Path) -> None:
    ended = bot("web", env=bare(tmp_path))
    assert ended.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in ended.stderr
    assert ".env.example" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_refused_setting_is_named_without_its_value(tmp_path: Path) -> None:
    ended = bot("web", env=bare(tmp_path, TELEGRAM_BOT_TOKEN="canary-not-a-token"))
    assert ended.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in ended.stderr
    assert "canary" not in ended.stderr


@pytest.mark.parametrize("command", ["web", "worker"])
def test_it_refuses_to_start_on_an_old_schema(tmp_path: Path, command: str) -> None:
    ended = bot(command, env=bare(tmp_path, TELEGRAM_BOT_TOKEN="123456:abcdefghijklmnopqrstuvwxyz"))
    assert ended.returncode == 2
    assert "python -m bot migrate" in ended.stderr


def test_the_doctor_finds_a_healthy_house_healthy(world: World) -> None:
    ended = bot("doctor", env=world.environment)
    assert ended.returncode == 0, ended.stdout
    assert "FAIL" not in ended.stdout
    assert "@EchoesTestBot" in ended.stdout


def test_the_doctor_says_what_to_do_about_an_ill_one(world: World, tmp_path: Path) -> None:
    ill = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'x.db'}",
        "TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}",
        "STORAGE_URL": "file:///proc/nowhere",
    }
    said = world.run("doctor", status=1, **ill)
    assert said.count("FAIL") == 3
    assert "python -m bot migrate" in said
    assert "canary" not in said


@contextmanager
def demo(var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", str(port), "--var", str(var)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_demo_prints_one_address_and_ctrl_c_stops_all_of_it(tmp_path: Path) -> None:
    port = free_port()
    for _ in range(2):  # the second time it finds its state
        with demo(tmp_path, port) as process:
            assert process.stdout is not None
            line = next(line for line in process.stdout if line.strip())
            assert f"http://127.0.0.1:{port}/" in line
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                assert page.status == 200
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)  # as impatient people do
            out, err = process.communicate(timeout=30)
            assert process.returncode == 0, err
            assert "http" not in out
            assert "Traceback" not in err
        assert children_of(tmp_path) == []
    assert (tmp_path / "echoes.db").exists()


def test_the_demo_ends_when_a_part_of_it_cannot_start(world: World, tmp_path: Path) -> None:
    with demo(tmp_path, world.sandbox_port) as second:  # where somebody else's sandbox answers
        _, err = second.communicate(timeout=60)
        assert second.returncode != 0
        assert "sandbox" in err


def children_of(var: Path) -> list[str]:
    """Processes that still work in a folder; a moment is given to the last of them."""
    deadline = time.monotonic() + 5
    while True:
        found = [
            path.parent.name
            for path in Path("/proc").glob("[0-9]*/environ")
            if _mentions(path, str(var)) and path.parent.name != str(os.getpid())
        ]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _mentions(path: Path, text: str) -> bool:
    try:
        return f"/{text.strip('/')}/echoes.db".encode() in path.read_bytes()
    except OSError:
        return False
