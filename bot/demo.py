"""`python -m bot demo`: the sandbox, the web and the worker, wired to each other by nothing but settings.

The product is the production one; only the addresses differ.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path

from bot.demo_studios import Studios, stand_ins
from storage import migrate

BOT_ID, BOT_NAME = 7000001, "EchoesBot"
CREDITS = "30"
BOT = ("web", "worker")
"""The processes of the product; the third one is the sandbox."""
START_SECONDS = 30.0
STOP_SECONDS = 10.0


def run(*, port: int, var: Path) -> int:
    """Start everything, print one address, and stop everything at Ctrl-C or when one part dies.

    The bot starts anew where another studio is chosen on the chat page.
    """
    var.mkdir(parents=True, exist_ok=True)
    environment = _environment(port, var)
    studios = Studios(f"http://127.0.0.1:{port}", var)
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, _interrupt)
    parts: dict[str, subprocess.Popen[bytes]] = {}
    try:
        token = environment["TELEGRAM_BOT_TOKEN"]
        sandbox = ["sandbox", "--host", "127.0.0.1", "--port", str(port), "--state", str(var / "sandbox")]
        sandbox += ["--bot", f"{token}@{BOT_NAME}", "--stripe-webhook", _stripe_webhook(environment)]
        parts["sandbox"] = _start(sandbox, environment)
        migrate.upgrade(environment["DATABASE_URL"])  # here and not by a command: its start would cost a second
        _start_bot(parts, environment | studios.settings)
        _wait_until_ready(parts, [f"http://127.0.0.1:{port}/control/health", f"{environment['PUBLIC_URL']}/readyz"])
        studios.tell()
        sys.stdout.write(f"\n  Echoes is ready: http://127.0.0.1:{port}/   (Ctrl-C stops it)\n\n")
        sys.stdout.flush()
        while True:
            time.sleep(0.5)
            _fail_if_ended(parts)
            if studios.switched():
                _stop([parts[name] for name in BOT])
                _start_bot(parts, environment | studios.settings)
                _wait_until_ready(parts, [f"{environment['PUBLIC_URL']}/readyz"])
                studios.tell()
    except KeyboardInterrupt:
        return 0
    finally:
        _stop_all(parts)


def _environment(port: int, var: Path) -> dict[str, str]:
    web_port = _web_port(var)
    return os.environ | {
        "TELEGRAM_BOT_TOKEN": f"{BOT_ID}:{_secret(var, 'token')}",
        "TELEGRAM_API_URL": f"http://127.0.0.1:{port}",
        "TELEGRAM_LINK_URL": f"http://127.0.0.1:{port}/t.me",
        "TELEGRAM_MODE": "polling",
        "WEB_PORT": str(web_port),
        "PUBLIC_URL": f"http://127.0.0.1:{web_port}",
        "DATABASE_URL": f"sqlite+aiosqlite:///{var / 'echoes.db'}",
        "STORAGE_URL": f"file://{var / 'media'}",
        "SIGNUP_CREDITS": CREDITS,
        "PAYMENT_RAILS": "stripe,stars",
        "STRIPE_API_URL": f"http://127.0.0.1:{port}/stripe",
        "STRIPE_SECRET_KEY": f"sk_test_{_secret(var, 'stripe-key')}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{_secret(var, 'stripe-webhook')}",
        **stand_ins(f"http://127.0.0.1:{port}", partial(_secret, var)),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "PYTHONUNBUFFERED": "1",
    }


def _secret(var: Path, name: str) -> str:
    """Kept between runs, so that yesterday's chat is still this bot's, and yesterday's payments this account's."""
    kept = var / f"demo-{name}"
    if not kept.exists():
        kept.write_text(secrets.token_hex(20))
        kept.chmod(0o600)
    return kept.read_text().strip()


def _stripe_webhook(environment: dict[str, str]) -> str:
    return f"{environment['STRIPE_WEBHOOK_SECRET']}@{environment['PUBLIC_URL']}/stripe/webhook"


def _web_port(var: Path) -> int:
    """The one of last time if it is free: Stripe's links lead there, and would all have to be made anew."""
    kept = var / "demo-port"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web process does, or it looks taken
        try:
            probe.bind(("127.0.0.1", int(kept.read_text()) if kept.exists() else 0))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept.write_text(str(port))
    return port


def _start(module: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: the terminal's Ctrl-C reaches only us, and we stop the parts in order.
    command = [sys.executable, "-m", *module]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)


def _start_bot(parts: dict[str, subprocess.Popen[bytes]], environment: dict[str, str]) -> None:
    for name in BOT:
        parts[name] = _start(["bot", name], environment)


def _wait_until_ready(parts: dict[str, subprocess.Popen[bytes]], addresses: list[str]) -> None:
    deadline = time.monotonic() + START_SECONDS
    waiting = list(addresses)
    while waiting:
        _fail_if_ended(parts)
        if time.monotonic() > deadline:
            raise SystemExit(f"not ready after {START_SECONDS:.0f} s: {', '.join(waiting)}")
        if _answers(waiting[0]):
            waiting.pop(0)
        else:
            time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:  # noqa: S310 - our own loopback address
            return bool(response.status == 200)
    except OSError:
        return False


def _fail_if_ended(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, part in parts.items():
        if part.poll() is not None:
            raise SystemExit(f"{name} ended with status {part.returncode}")


def _stop_all(parts: dict[str, subprocess.Popen[bytes]]) -> None:
    _be_deaf()
    # Whoever feeds others goes last: web and worker still talk to the sandbox while they end.
    for names in (BOT, ("sandbox",)):
        _stop([parts[name] for name in names if name in parts])


def _stop(stopping: list[subprocess.Popen[bytes]]) -> None:
    for part in stopping:
        part.terminate()
    for part in stopping:
        try:
            part.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            part.kill()
            part.wait()


def _interrupt(_signum: int, _frame: object) -> None:
    _be_deaf()
    raise KeyboardInterrupt


def _be_deaf() -> None:
    """A second, impatient Ctrl-C must not leave half of it running."""
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)
