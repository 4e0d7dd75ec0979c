"""How people write a moment of a recording."""

from __future__ import annotations

import re
from typing import Final

_MOMENT: Final = re.compile(r"(?:(\d{1,2})\s*[:.]\s*)?(\d{1,3})\s*s?", re.IGNORECASE | re.ASCII)


def start_meant(text: str) -> float | None:
    """Seconds: of `1:05`, `65` or `65 s`. None for what cannot be read."""
    found = _MOMENT.fullmatch(text.strip())
    return int(found[1] or 0) * 60.0 + int(found[2]) if found else None
