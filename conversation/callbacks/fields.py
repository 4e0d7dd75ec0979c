"""What the numbers and choices that buttons carry may be."""

from __future__ import annotations

from hashlib import blake2s
from typing import Annotated, Literal

from pydantic import Field

Id = Annotated[int, Field(ge=1, lt=2**63)]
PackId = Annotated[int, Field(ge=1, lt=2**31)]
"""Packs are few, and there must be room for the rest of what a button of theirs carries."""
Count = Annotated[int, Field(ge=0, lt=2**31)]
Transition = Literal["cut", "fade", "cross"]


def mark(text: str) -> str:
    """Ten letters that are others as soon as a text is: by them a button knows which words its question showed."""
    return blake2s(text.encode(), digest_size=5).hexdigest()
