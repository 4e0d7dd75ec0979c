"""Telling a vendor that nobody wants a piece of work any more."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog

from providers.base import Maker, ProviderError

log = structlog.get_logger(__name__)
PATIENCE_SECONDS: Final = 10.0


async def stop_at(provider: Maker[Any] | None, external_id: str | None) -> None:
    """Have a vendor stop, where it has the work and still exists. What cannot be reached cannot keep credits held."""
    if provider is None or not external_id:
        return
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await provider.cancel(external_id)
    except (ProviderError, TimeoutError) as error:
        log.warning("vendor was not told to stop", provider=provider.name, error=str(error))
