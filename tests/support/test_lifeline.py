"""Servers of a test run are shared by its processes, and none outlives it."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support.lifeline import PREFIX, RUN

ROOT = Path(__file__).parents[2]
SERVER = "tests.support.postgres_server"
ASK = f"""
from tests.support.lifeline import TestRun, shared_server
import sys, time
run = TestRun()
shared_server("{SERVER}")
print(run.folder, flush=True)
sys.stdin.read()
run.end()
"""


def processes_of(folder: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if str(folder) in " ".join(_command(process))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def begin_run() -> tuple[subprocess.Popen[str], Path]:
    run = subprocess.Popen(
        [sys.executable, "-c", ASK], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    assert len(processes_of(folder)) >= 2, "the keeper and its server"
    return run, folder


def test_all_processes_of_a_run_get_the_same_server(postgres_server: str) -> None:
    ask = f"from tests.support.lifeline import shared_server; print(shared_server('{SERVER}')['url'])"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == postgres_server


def test_a_run_that_ends_leaves_nothing() -> None:
    run, folder = begin_run()
    run.communicate("", timeout=30)
    assert run.returncode == 0
    assert processes_of(folder) == []
    assert not folder.exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_cut_off_leaves_no_process(how: signal.Signals) -> None:
    run, folder = begin_run()
    left = processes_of(folder)
    run.send_signal(how)
    run.communicate(timeout=30)
    _, alive = psutil.wait_procs(left, timeout=20)
    assert alive == []
    assert [rest for rest in folder.glob("*") if rest.is_dir()] == [], "the server's data is gone"
    shutil.rmtree(folder, ignore_errors=True)  # another run that begins now may be clearing it away as well


def test_the_next_run_clears_away_the_folder_of_one_that_was_cut_off(tmp_path: Path) -> None:
    dead, living = tmp_path / f"{PREFIX}dead", tmp_path / f"{PREFIX}living"
    for folder in (dead, living):
        folder.mkdir()
        (folder / "alive").touch()
        os.utime(folder / "alive", (0, 0))
    begin = "from tests.support.lifeline import TestRun; run = TestRun(); run.end()"
    with (living / "alive").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        subprocess.run([sys.executable, "-c", begin], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.iterdir()) == [living]


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    ask = "from tests.support.lifeline import shared_server; shared_server('tests.support.no_such_server')"
    environment = os.environ | {RUN: str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert "no_such_server" in ended.stderr
    assert ended.returncode != 0


def test_each_test_gets_a_database_of_its_own(postgres_url: str, postgres_server: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        name = connection.execute("SELECT current_database()").fetchone()
    assert tables == (0,)
    assert name is not None
    assert name[0] not in postgres_server
