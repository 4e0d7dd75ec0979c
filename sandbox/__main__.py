"""`python -m sandbox`: serve the sandbox until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from aiohttp import web

from sandbox.app import build_app
from sandbox.telegram.world import World

# Streams and long polls end at once when asked; what still runs after this is cut.
_SHUTDOWN_SECONDS = 1.0


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return host, port, state folder and bots."""
    parser = argparse.ArgumentParser(prog="sandbox", description="A stand-in for Telegram on this machine")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 takes any free one")
    parser.add_argument("--state", type=Path, default=Path("var/sandbox"), help="folder to keep everything in")
    parser.add_argument("--bot", action="append", default=[], metavar="TOKEN@USERNAME", help="register a bot")
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


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal says stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    world = World(options.state)
    for text in options.bot:
        register_bot(world, text)
    runner = web.AppRunner(build_app(world), shutdown_timeout=_SHUTDOWN_SECONDS, access_log=None)
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
