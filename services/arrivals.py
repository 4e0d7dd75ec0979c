"""What the deep link that somebody came through does for them and for whoever gave it to them."""

from __future__ import annotations

import contextlib
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services import referrals, sharing
from services.errors import CodeNotValid
from services.live.values import Values

INVITATION: Final = "ref_"
SHARED_PROJECT: Final = "p_"


async def came_with(session: AsyncSession, user_id: int, payload: str, values: Values) -> None:
    """Part of the registration, so that a link counts for those who are new and for nobody else.

    `payload` is whatever somebody wrote behind `/start`: what leads nowhere is no reason to turn a newcomer away.
    """
    if payload.startswith(INVITATION):
        code = payload.removeprefix(INVITATION).upper()
        with contextlib.suppress(CodeNotValid):
            await referrals.join(session, user_id, code, "link", values)
    elif payload.startswith(SHARED_PROJECT):
        await sharing.opened(session, payload.removeprefix(SHARED_PROJECT), user_id, values)
