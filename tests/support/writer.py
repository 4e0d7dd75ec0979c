"""A language model that says what a test tells it, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from providers.base import FailureReason, ProviderError
from providers.writing import Verdict

Meanwhile = Callable[[], Awaitable[object]]


class Scribe:
    """Fill `on_improve` and `on_moderate` with what it says next; when they run out, all goes well."""

    def __init__(self) -> None:
        self.on_improve: list[str | Exception] = []
        self.on_moderate: list[Verdict | Exception] = []
        self.improved: list[tuple[str, str, str]] = []
        """Prompt, system prompt and language of each request for better words."""
        self.moderated: list[tuple[str, bytes | None]] = []
        self.meanwhile: Meanwhile | None = None
        """Something that happens while it thinks."""

    async def improve(self, prompt: str, *, system: str, language: str) -> str:
        self.improved.append((prompt, system, language))
        await self._think()
        said = self.on_improve.pop(0) if self.on_improve else f"{prompt}, in soft light"
        if isinstance(said, Exception):
            raise said
        return said

    async def moderate(self, prompt: str, photo: bytes | None = None) -> Verdict:
        self.moderated.append((prompt, photo))
        await self._think()
        said = self.on_moderate.pop(0) if self.on_moderate else Verdict.SAFE
        if isinstance(said, Exception):
            raise said
        return said

    async def close(self) -> None:
        """Nothing is held open."""

    async def _think(self) -> None:
        if self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            await happens()


def away() -> ProviderError:
    return ProviderError("it is away", provider="openrouter", reason=FailureReason.UNAVAILABLE, retryable=True)
