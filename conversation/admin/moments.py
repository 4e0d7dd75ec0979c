"""When something was, as staff reads it: whoever helps people of many places needs one clock."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_datetime

from conversation.i18n import language_now


def moment(when: datetime) -> str:
    """Of an aware `when`: day, hour and minute, in UTC, and saying so."""
    return f"{format_datetime(when, format='short', locale=language_now())} UTC"
