"""Logging: structlog for us and for the libraries, every line scrubbed of secrets before it is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

SHAPES = re.compile(
    r"""
      \d{3,20}:[A-Za-z0-9_-]{20,}                              # a bot token
    | (?:sk|rk|pk|whsec|key)_[A-Za-z0-9_]{8,}                  # keys of Stripe, Runway …
    | (?<=[?&])(?:signature|X-Amz-[A-Za-z-]+|token)=[^&\s"']+  # what makes a link signed
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                          # user:password in an address
    """,
    re.VERBOSE | re.IGNORECASE,
)
HIDDEN = "•••"


class Scrubber:
    """Takes known secrets, and whatever has the shape of one, out of the finished line.

    It works on the line and not on its parts, so that a secret inside an exception's text or a library's message is
    found as well.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, line: str) -> str:
        if self._known is not None:
            line = self._known.sub(HIDDEN, line)
        return SHAPES.sub(HIDDEN, line)


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, scrub: Scrubber, renderer: Any, processors: list[Any]) -> None:
        super().__init__(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        return self._scrub(super().format(record))


def set_up(*, log_format: str, level: str, secrets: Iterable[str], process: str) -> None:
    """Send all logging of this process to standard error. `process` names it: web, worker …"""

    def name_process(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_process,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,  # the fancy one prints local variables: secrets
    )
    if log_format == "json":
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer(default=str)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        # What is not to be written is not made either: a line for each question to a vendor, above all.
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    # A line that cannot be written is dropped: Python's own complaint about it would print its fields unscrubbed.
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(Scrubber(secrets), renderer, shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("aiogram.event", "aiohttp.access", "huey", "alembic", "httpx", "botocore", "stripe"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
