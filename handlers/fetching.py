"""Fetching what people sent from the messenger."""

from __future__ import annotations

import io
from typing import Any, Final

import aiohttp
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.types import Audio, Document, PhotoSize, Voice

from services.errors import EchoesError

log = structlog.get_logger(__name__)
MAX_BYTES: Final = 20 * 2**20
"""What a bot may download (Bot API, getFile)."""
DOWNLOAD_SECONDS: Final = 120

File = PhotoSize | Document | Audio | Voice


class _TooLarge(Exception):
    """More came than was declared."""


class _Bounded(io.BytesIO):
    """Refuses more than its bound, whatever size was declared."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > MAX_BYTES:
            raise _TooLarge
        return super().write(data)


async def fetch(bot: Bot, file: File, *, too_large: EchoesError, not_fetched: EchoesError) -> bytes:
    """The file's bytes. Raises `too_large` when they are over MAX_BYTES, `not_fetched` when they do not come."""
    if (file.file_size or 0) > MAX_BYTES:
        raise too_large
    into = _Bounded()
    try:
        await bot.download(file, destination=into, timeout=DOWNLOAD_SECONDS)
    except _TooLarge:
        raise too_large from None
    except TelegramBadRequest as refused:
        raise (too_large if "too big" in refused.message else not_fetched) from None
    except (AiogramError, aiohttp.ClientError, OSError) as error:
        # Without the cause: its text names the address, which holds the bot's token.
        log.warning("file not fetched", why=type(error).__name__)
        raise not_fetched from None
    return into.getvalue()
