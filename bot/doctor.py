"""`python -m bot doctor`: every setting and service looked at, each with a line that says what to do."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Awaitable, Callable

import aiohttp

from bot import doctor_cards, doctor_vendors
from bot.ailment import Ailment
from bot.settings import Settings
from bot.wiring import open_house
from media.ffmpeg import ffmpeg_path
from storage import migrate
from worker.queue import Dispatcher, open_queue


async def examine(settings: Settings) -> int:
    """Print a line a check. Returns 0 when all is well, 1 otherwise."""
    checks: dict[str, Callable[[Settings], Awaitable[str]]] = {
        "database": _database,
        "queue": _queue,
        "media store": _store,
        "ffmpeg": _ffmpeg,
        "Telegram": _telegram,
        **doctor_vendors.checks(settings),
        **doctor_cards.checks(settings),
    }
    ill = 0
    for name, check in checks.items():
        try:
            line = f"ok    {name}: {await check(settings)}"
        except Exception as error:  # noqa: BLE001 - a doctor reports whatever it finds
            ill += 1
            line = f"FAIL  {name}: {error if isinstance(error, Ailment) else repr(error)}"
        sys.stdout.write(line + "\n")
    return 1 if ill else 0


async def _database(settings: Settings) -> str:
    if not migrate.is_current(settings.database_url):
        raise Ailment("reachable, but not at this program's schema. Run: python -m bot migrate")
    return "reachable and current"


async def _queue(settings: Settings) -> str:
    waiting = await Dispatcher(open_queue(settings.queue, secret=settings.derived_secret("queue"))).pending()
    return f"reachable, {waiting} waiting"


async def _store(settings: Settings) -> str:
    house = open_house(settings, wake=_nobody)
    key = f"doctor/{secrets.token_hex(8)}.txt"
    try:
        await house.store.put(key, b"echoes", "text/plain")
        if await house.store.get(key) != b"echoes":
            raise Ailment("gives back something else than was put. Check STORAGE_URL")
        await house.store.delete(key)
    finally:
        await house.close()
    return "writes, reads and deletes"


async def _ffmpeg(_settings: Settings) -> str:
    return str(ffmpeg_path())


async def _telegram(settings: Settings) -> str:
    token = settings.telegram_bot_token.get_secret_value()
    timeout = aiohttp.ClientTimeout(total=15)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            async with session.get(f"{settings.telegram_api_url}/bot{token}/getMe") as response:
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            # Without the cause: its text names the address, which holds the token.
            raise Ailment(
                f"cannot be reached ({type(error).__name__}). Check TELEGRAM_API_URL and the network"
            ) from None
    if not answer.get("ok"):
        raise Ailment(f"refuses the token ({answer.get('description')}). Check TELEGRAM_BOT_TOKEN")
    return f"this is @{answer['result']['username']}"


async def _nobody(_job_id: int) -> None:
    """Nobody is to be woken by an examination."""
