"""`python -m sandbox`: serve the sandbox until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from aiohttp import web

from sandbox.app import build_app
from sandbox.stripe.account import Account
from sandbox.stripe.errors import StripeError
from sandbox.stripe.server import ACCOUNT
from sandbox.telegram.world import World

# Streams and long polls end at once when asked; what still runs after this is cut.
_SHUTDOWN_SECONDS = 1.0
_WEBHOOK_HELP = "have Stripe's events sent there, signed with this secret"


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return host, port, state folder, bots and Stripe's webhook endpoints."""
    parser = argparse.ArgumentParser(prog="sandbox", description="A stand-in for Telegram and Stripe on this machine")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 takes any free one")
    parser.add_argument("--state", type=Path, default=Path("var/sandbox"), help="folder to keep everything in")
    parser.add_argument("--bot", action="append", default=[], metavar="TOKEN@USERNAME", help="register a bot")
    parser.add_argument("--stripe-webhook", action="append", default=[], metavar="SECRET@URL", help=_WEBHOOK_HELP)
    return parser.parse_args(arguments)


def register_bot(world: World, text: str) -> None:
    """Register `TOKEN@USERNAME`; the bot is called like its username until it is given a name."""
    token, separator, username = text.rpartition("@")
    if not separator or not username:
        raise SystemExit("--bot takes TOKEN@USERNAME")
    known = world.bots.by_token(token)
    try:
        world.bots.register(token, username, known.name if known else username)
    except ValueError as error:
        raise SystemExit(str(error)) from None


def register_webhook(account: Account, text: str) -> None:
    """Register `SECRET@URL` for Stripe's events in test mode."""
    secret, separator, url = text.rpartition("@")
    if not separator or not secret or not url:
        raise SystemExit("--stripe-webhook takes SECRET@URL")
    try:
        account.register_endpoint(url, secret)
    except StripeError as error:
        raise SystemExit(f"--stripe-webhook: {error.message}") from None


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal says stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    world = World(options.state)
    for text in options.bot:
        register_bot(world, text)
    app = build_app(world)
    for text in options.stripe_webhook:
        register_webhook(app[ACCOUNT], text)
    runner = web.AppRunner(app, shutdown_timeout=_SHUTDOWN_SECONDS, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, options.host, options.port).start()
        host, port = runner.addresses[0][:2]
        sys.stdout.write(f"Sandbox ready at http://{host}:{port}/\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(parse_arguments(sys.argv[1:])))
