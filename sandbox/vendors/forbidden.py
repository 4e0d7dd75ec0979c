"""What the sandbox's vendors refuse: a few words nobody could take for a harmless wish."""

from __future__ import annotations

import re

_WORDS = re.compile(r"\b(nude|naked|porn\w*|gore|behead\w*|suicide|child abuse|bomb-making)\b", re.IGNORECASE)


def forbidden_word(text: str) -> str | None:
    """Return the first forbidden word of a text, in lower case."""
    found = _WORDS.search(text)
    return found.group().lower() if found else None
