"""Links to what is too large to be sent."""

from __future__ import annotations

from typing import Final

LINK_HOURS: Final = 24
LINK_SECONDS: Final = LINK_HOURS * 3600
"""Whoever has the link sees the file for so long; there is a button for a new one."""
