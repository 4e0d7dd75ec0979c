"""People who have something to share."""

from __future__ import annotations

from storage.tables import User
from tests.support.builders import Shop


async def project_with(shop: Shop, user: User, clips: int = 1) -> int:
    """A new project with so many approved clips, two credits each. Returns its id."""
    project = await shop.projects.start(user.id)
    for _ in range(clips):
        take = await shop.take_of(user)
        await shop.takes.sent(take.id, message_id=1000 + take.id, file_id=f"file-{take.id}")
        await shop.takes.approve(user.id, take.id)
    return project.id
