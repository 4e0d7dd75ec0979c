"""An aiogram bot before the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile

from tests.sandbox.driver import TOKEN, Sandbox


def file(data: bytes, name: str) -> BufferedInputFile:
    """Return bytes as an upload."""
    return BufferedInputFile(data, name)


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(sandbox.url)))
    yield bot
    await bot.session.close()
