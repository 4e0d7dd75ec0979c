"""How much music may be, for those who refuse it before they have it."""

from __future__ import annotations

from typing import Final

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
"""As much as a bot can download from Telegram (https://core.telegram.org/bots/api#getfile)."""
MAX_SECONDS: Final = 600.0
MIN_SECONDS: Final = 0.5
