"""The base of adapters for remote vendors: what is checked, repeated and translated the same way for all of them."""

from __future__ import annotations

import asyncio
import base64
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from providers.base import Account, ClipModel, ClipRequest, FailureReason, OutcomeUnknown, ProviderError, Status
from providers.remote.answers import Answer, unreadable
from providers.remote.outside import Outside
from providers.remote.wire import Wire

PAUSES: Final = (1.0, 4.0, 10.0)
"""Seconds between the tries of what may be repeated without harm."""

Clip = str | bytes
"""A finished clip: the address it is at, or itself."""


class RemoteProvider(ABC):
    """A vendor's own file fills in `_submit`, `_status`, `_cancel` and `_result`.

    They let ProviderErrors through as the wire raises them. What it means that a question failed is decided here.
    """

    name: str
    embedded = False
    resubmits_safely = False
    calls_back = False

    def __init__(
        self,
        wire: Wire,
        models: Sequence[ClipModel],
        *,
        poll_seconds: float,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self.poll_seconds = poll_seconds
        self._wire = wire
        self._outside = Outside(self.name, wire.base, wire.headers)
        self._models = {model.key: model for model in models}
        self._pauses = pauses

    def models(self) -> tuple[ClipModel, ...]:
        return tuple(self._models.values())

    async def submit(self, request: ClipRequest) -> str:
        self._check(request)
        unknown: OutcomeUnknown | None = None
        for pause in (*(self._pauses if self.resubmits_safely else ()), None):
            try:
                return await self._submit(request)
            except OutcomeUnknown as error:
                unknown = error
            except ProviderError:
                if unknown is None:
                    raise
                # An earlier try may have been taken all the same, so this one's certainty is worth nothing.
            if pause is not None:
                await asyncio.sleep(pause)
        assert unknown is not None  # noqa: S101 - the loop ends with an id, an error or this
        raise unknown

    async def status(self, external_id: str) -> Status:
        try:
            return await self._status(external_id)
        except ProviderError as error:
            # Not even a key that was withdrawn is a verdict on work that is under way and paid for.
            error.retryable = True
            raise

    async def cancel(self, external_id: str) -> None:
        await self._cancel(external_id)

    async def fetch(self, external_id: str, into: Path) -> None:
        """Tries a few times, with a new address each time: after that the job would be handed over, and paid, anew."""
        for pause in self._pauses:
            try:
                await self._fetch(external_id, into)
            except ProviderError as error:
                if not error.retryable:
                    raise
                await asyncio.sleep(pause)
            else:
                return
        await self._fetch(external_id, into)

    async def account(self) -> Account:
        """Whether our key opens the vendor's door, and what is left. Raises ProviderError."""
        return await self._account()

    async def close(self) -> None:
        await self._wire.close()
        await self._outside.close()

    @abstractmethod
    async def _submit(self, request: ClipRequest) -> str:
        """Hand work that was checked over, through `Wire.submit`."""

    @abstractmethod
    async def _status(self, external_id: str) -> Status:
        """How the work stands; GONE where the vendor does not know it."""

    @abstractmethod
    async def _cancel(self, external_id: str) -> None:
        """Unknown and finished work is no error."""

    @abstractmethod
    async def _result(self, external_id: str) -> Clip:
        """The finished clip. An address is as new as can be had."""

    @abstractmethod
    async def _account(self) -> Account:
        """By a question that costs nothing."""

    async def _fetch(self, external_id: str, into: Path) -> None:
        clip = await self._result(external_id)
        if isinstance(clip, str):
            await self._outside.download(clip, into)
        else:
            await asyncio.to_thread(into.write_bytes, clip)

    def _check(self, request: ClipRequest) -> None:
        model = self._models.get(request.model)
        offered = model is not None and request.shape in model.shapes and request.duration_s in model.prices
        if model is None or not offered:
            words = f"no such clip: {request.model} {request.shape} {request.duration_s} s"
            raise self._error(words, FailureReason.BAD_INPUT)
        if len(request.prompt.encode("utf-16-le")) // 2 > model.max_prompt_units:
            raise self._error("the prompt is too long", FailureReason.BAD_INPUT)

    def _error(self, words: str, reason: FailureReason, *, retryable: bool = False) -> ProviderError:
        return ProviderError(f"{self.name}: {words}", provider=self.name, reason=reason, retryable=retryable)

    def _about(self, answer: Answer, external_id: str, id_field: str = "id") -> dict[str, Any]:
        """The object in an answer about this work. Raises ProviderError where it tells of some other work."""
        fields = answer.fields()
        if fields.get(id_field, external_id) != external_id:
            raise unreadable(self.name, "answered with other work than was asked about")
        return fields

    def _gone(self) -> ProviderError:
        """What was done is not there any more when it is to be fetched."""
        return self._error("no longer has the clip", FailureReason.UNAVAILABLE)

    async def _decoded(self, text: str) -> bytes:
        """A clip that came as base64. Raises ProviderError."""
        try:
            return await asyncio.to_thread(base64.b64decode, text, validate=True)
        except ValueError:  # binascii.Error, or letters that are no ASCII
            raise self._error("the clip is not base64", FailureReason.BAD_RESULT, retryable=True) from None


def prompt_or(request: ClipRequest, otherwise: str) -> str:
    return request.prompt.strip() or otherwise
