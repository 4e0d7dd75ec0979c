"""A vendor's answer, and what it means when it is not the one hoped for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from providers.base import FailureReason, OutOfCredit, ProviderError

LONGEST_WAIT = 120.0
"""Seconds. A vendor that wants more patience than this is not asked again: the job had better go elsewhere, or fail."""
MOST_WORDS = 200
"""Characters of a vendor's own text that get into a message of ours."""

_SECRET = re.compile(
    r"""
      data:[^\s"']+                # pictures
    | [a-z][a-z0-9+.-]*://[^\s"']+  # links may be signed
    | [A-Za-z0-9+/=_-]{40,}        # base64, keys
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MEANING: dict[int, tuple[FailureReason, bool]] = {
    400: (FailureReason.BAD_INPUT, False),
    408: (FailureReason.UNAVAILABLE, True),
    413: (FailureReason.BAD_INPUT, False),
    422: (FailureReason.BAD_INPUT, False),
    429: (FailureReason.BUSY, True),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status. The body is empty where it was left unread: see `Wire.ask`."""

    vendor: str
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes

    def fields(self) -> dict[str, Any]:
        """The JSON object it is. Raises ProviderError (retryable) for anything else."""
        found = self._parsed()
        if found is None:
            raise unreadable(self.vendor, f"answered {self.status} with {self.content_type}, but no object")
        return found

    def maybe(self) -> dict[str, Any]:
        """The JSON object it is, or an empty one."""
        return self._parsed() or {}

    def text(self, name: str) -> str:
        """The non-empty text in one field of the object. Raises ProviderError (retryable)."""
        value = self.fields().get(name)
        if not isinstance(value, str) or not value:
            raise unreadable(self.vendor, f"answered {self.status} without {name}")
        return value

    def words(self) -> str:
        """What the vendor says about it, fit for a log."""
        said = self.maybe()
        error = said.get("error") or said.get("message") or said.get("detail")
        if isinstance(error, dict):
            error = error.get("message")
        return clean(error) if isinstance(error, str) else ""

    def _parsed(self) -> dict[str, Any] | None:
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


def unreadable(vendor: str, what: str) -> ProviderError:
    """An answer that is not of the shape agreed on: a proxy's page, half an update of the vendor's …"""
    return ProviderError(f"{vendor} {what}", provider=vendor, reason=FailureReason.UNAVAILABLE, retryable=True)


def clean(text: str) -> str:
    """A vendor's text without links, pictures and keys, cut short."""
    return _SECRET.sub("…", text)[:MOST_WORDS]


def refusal(answer: Answer) -> ProviderError:
    """What a status other than 2xx means where the vendor has no meaning of its own for it."""
    vendor, status = answer.vendor, answer.status
    words = f"{vendor} answered {status} {answer.words()}".strip()
    if status == 402:
        return OutOfCredit(words, provider=vendor)
    unknown = (FailureReason.UNAVAILABLE, True) if status >= 500 else (FailureReason.INTERNAL, False)
    reason, retryable = _MEANING.get(status, unknown)
    wait = retry_after(answer.headers.get("Retry-After"))
    return ProviderError(
        words,
        provider=vendor,
        reason=reason,
        retryable=retryable and (wait is None or wait <= LONGEST_WAIT),
        retry_after=wait,
    )


def retry_after(header: str | None) -> float | None:
    """Seconds to wait, from the header's number or date (RFC 9110 §10.2.3); None where it is neither."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            when = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def share(value: object) -> float | None:
    """A progress as 0.0 … 1.0, though some vendors count to 100; None for what is no number."""
    number = amount(value)
    if number is None:
        return None
    return min(number / 100 if 1 < number <= 100 else number, 1.0)


def amount(value: object) -> float | None:
    """A number that is not negative, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None
