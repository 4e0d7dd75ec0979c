"""One line and two measurements for everything a vendor is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import Counter, Histogram

from providers.base import OutcomeUnknown, ProviderError

log = structlog.get_logger(__name__)

REQUESTS = Counter("echoes_provider_requests", "What vendors were asked", ["provider", "operation", "outcome"])
SECONDS = Histogram(
    "echoes_provider_seconds",
    "Time a vendor took to answer",
    ["provider", "operation"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)


@contextmanager
def watched(provider: str, operation: str) -> Iterator[None]:
    """Time the body, count how it went (ok, unknown, stopped, broken, or the reason it failed for), and log it."""
    begun, outcome, words = time.monotonic(), "broken", None
    try:
        yield
        outcome = "ok"
    except ProviderError as error:
        outcome, words = "unknown" if isinstance(error, OutcomeUnknown) else error.reason.value, str(error)
        raise
    except asyncio.CancelledError:
        outcome = "stopped"
        raise
    finally:
        seconds = time.monotonic() - begun
        REQUESTS.labels(provider, operation, outcome).inc()
        SECONDS.labels(provider, operation).observe(seconds)
        _tell(provider, operation, outcome, seconds, words)


def _tell(provider: str, operation: str, outcome: str, seconds: float, words: str | None) -> None:
    facts = {"provider": provider, "operation": operation, "outcome": outcome, "seconds": round(seconds, 3)}
    if outcome not in ("ok", "stopped"):
        log.warning("vendor failed", **facts, error=words)
    elif operation == "status":
        log.debug("vendor asked", **facts)  # every few seconds for each piece of work
    else:
        log.info("vendor asked", **facts)
