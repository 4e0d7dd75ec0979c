"""What the owners say in words of their own."""

from __future__ import annotations

import html
from typing import Literal

from services.live.values import Values

Subject = Literal["terms", "privacy", "support"]


def own_text(values: Values, subject: Subject, language: str) -> str | None:
    """In place of ours, in this language; None: they wrote nothing in it.

    It is plain text: its lines are kept, and nothing in it is markup.
    """
    said = values.texts.get(f"{subject}:{language}")
    return html.escape(said, quote=False) if said else None
