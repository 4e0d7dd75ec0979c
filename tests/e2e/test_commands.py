"""The commands of the program: what they say, and how they end. That they start is seen in test_demo.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.nursery import run
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
    status, said = run(["bot", "web"], bare(tmp_path, TELEGRAM_BOT_TOKEN="canary-not-a-token"), tmp_path / "log")
    assert status == 2
    assert "TELEGRAM_BOT_TOKEN" in said
    assert "canary" not in said


@pytest.mark.parametrize("command", ["web", "worker"])
def test_it_refuses_to_start_on_an_old_schema(tmp_path: Path, command: str) -> None:
    token = "123456:abcdefghijklmnopqrstuvwxyz"
    status, said = run(["bot", command], bare(tmp_path, TELEGRAM_BOT_TOKEN=token), tmp_path / "log")
    assert status == 2
    assert "python -m bot migrate" in said


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
