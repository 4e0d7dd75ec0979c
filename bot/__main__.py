"""`python -m bot …`: the commands of the program."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot import lean

# What weighs much is imported below, once it is known what is needed.
if TYPE_CHECKING:
    from pydantic import ValidationError

    from bot.settings import Settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Echoes: a Telegram bot that makes photos move.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in {
        "web": "take updates in and serve pages",
        "worker": "make clips and send messages",
        "migrate": "bring the database to the newest schema",
        "doctor": "check every setting and service, and say what to do",
    }.items():
        commands.add_parser(name, help=what)
    sandbox = commands.add_parser("sandbox", help="stand in for Telegram on this machine", add_help=False)
    sandbox.add_argument("arguments", nargs=argparse.REMAINDER)
    demo = commands.add_parser("demo", help="sandbox, web and worker in one: no account needed")
    demo.add_argument("--port", type=int, default=8081, help="where the chat page listens (default 8081)")
    demo.add_argument("--var", type=Path, default=Path("var"), help="where everything is kept (default var/)")
    arguments = parser.parse_args()
    if arguments.command == "sandbox":
        # A process of its own, never imported: the product knows the sandbox only over HTTP.
        import os

        os.execv(sys.executable, [sys.executable, "-m", "sandbox", *arguments.arguments])  # noqa: S606 - no shell
    if arguments.command == "demo":
        from bot import demo as demo_command

        return demo_command.run(port=arguments.port, var=arguments.var)
    return _with_settings(arguments.command)


def _with_settings(command: str) -> int:
    with lean.leaving_out(*lean.NEVER_USED):
        from pydantic import ValidationError

        from bot import logs
        from bot.settings import Settings
        from storage import migrate
    try:
        settings = Settings()
    except ValidationError as error:
        return _explain(error)
    logs.set_up(log_format=settings.log_format, level=settings.log_level, secrets=settings.secrets(), process=command)
    if command == "migrate":
        return _migrate(settings)
    if command == "doctor":
        lean.keep_lean()
        from bot import doctor

        return asyncio.run(doctor.examine(settings))
    if not migrate.is_current(settings.database_url):
        return _say("The database is not at this program's schema. Run: python -m bot migrate")
    return _serve(command, settings)


def _migrate(settings: Settings) -> int:
    from storage import migrate
    from storage.grants import grant

    migrate.upgrade(settings.database_owner_url or settings.database_url)
    if settings.database_owner_url:
        try:
            grant(settings.database_owner_url, settings.database_url)
        except ValueError as error:
            return _say(f"{error}.")
    return 0


def _serve(command: str, settings: Settings) -> int:
    with lean.leaving_out(*lean.NEVER_USED, *lean.unused_drivers(settings.queue)):
        lean.keep_lean()
        if command == "web":
            from bot.web import serve as run
        else:
            from bot.work import work as run
    _report_errors(settings)
    lean.settle()
    asyncio.run(_until_signalled(run, settings))
    return 0


async def _until_signalled(run: Callable[[Settings, asyncio.Event], Awaitable[None]], settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    await run(settings, stop)


def _report_errors(settings: Settings) -> None:
    if settings.sentry_dsn is not None:
        import sentry_sdk

        # Local variables hold tokens, addresses with passwords and what people wrote.
        sentry_sdk.init(
            dsn=settings.sentry_dsn.get_secret_value(), send_default_pii=False, include_local_variables=False
        )


def _explain(error: ValidationError) -> int:
    for problem in error.errors(include_url=False, include_input=False):
        name = "_".join(map(str, problem["loc"])).upper()
        _say(f"{name or 'Settings'}: {problem['msg']}. See .env.example.")
    return 2


def _say(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
