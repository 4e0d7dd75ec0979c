"""An order for a clip, and what comes of it, for the tests of all remote vendors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from providers.base import ClipRequest, FailureReason, Provider, ProviderError, Status
from tests.support.photographs import jpeg

NO_PAUSES = (0.0, 0.0)
"""Instead of the seconds between two tries of the same."""


def order(provider: Provider, **changes: Any) -> ClipRequest:
    """What can be ordered of the vendor's first model, with changes."""
    model = provider.models()[0]
    request = ClipRequest(
        token="0123456789abcdef0123456789abcdef",
        model=model.key,
        photo=jpeg(size=(640, 360)),
        prompt="waves on the shore",
        shape="16:9",
        duration_s=min(model.prices),
        seed=7,
    )
    return replace(request, **changes)


async def failure_of(doing: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await doing
    return caught.value


def verdict(status: Status) -> tuple[FailureReason, bool]:
    """Why work failed, and whether it may be tried again."""
    assert status.error is not None
    return status.error.reason, status.error.retryable
