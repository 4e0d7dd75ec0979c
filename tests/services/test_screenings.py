"""What a live link shows, and what a project's owner sees: on both kinds of database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.errors import NotYours
from services.screenings import LINK_SECONDS, Screenings
from storage.database import Database
from storage.tables import Soundtrack
from tests.support.builders import Shop, create_user
from tests.support.database import execute


@pytest.fixture
def screenings(shop: Shop) -> Screenings:
    return Screenings(shop.db, shop.store)


async def test_clips_come_in_their_order_with_what_belongs_to_them(
    shop: Shop, db: Database, screenings: Screenings
) -> None:
    alice = await create_user(db)
    takes = [await shop.take_of(alice) for _ in range(3)]
    for take in takes:
        view, _ = await shop.takes.approve(alice.id, take.id)
    assert view.project is not None
    project = view.project
    await execute(db, "UPDATE clips SET caption = 'Snow' WHERE position = 2")
    async with db.transaction() as session:
        session.add(Soundtrack(project_id=project.id, origin="sent", title="T", audio_key="music/1.m4a", seconds=9.0))
    share = await shop.sharing.share(alice.id, project.id)
    for shown in (await screenings.shared(share.token), await screenings.own(alice.telegram_id, project.id)):
        assert [clip.url.split("?")[0].partition("/media/")[2] for clip in shown.clips] == [
            take.video_key for take in takes
        ]
        assert [clip.caption for clip in shown.clips] == [None, "Snow", None]
        assert (shown.project.id, shown.project.transition, shown.expires_in) == (project.id, "cut", LINK_SECONDS)
        assert shown.music is not None
        assert (shown.music.seconds, shown.music.loops, shown.music.volume) == (9.0, True, 100)
    assert (await screenings.announced(share.token)).id == project.id
    assert await screenings.origin() == "http://127.0.0.1:1"


async def test_what_is_not_shared_or_not_theirs_is_not_there(shop: Shop, db: Database, screenings: Screenings) -> None:
    alice, bob = await create_user(db), await create_user(db, "Bob")
    view, _ = await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    assert view.project is not None
    share = await shop.sharing.share(alice.id, view.project.id)
    await screenings.shared(share.token)
    with pytest.raises(NotYours):
        await screenings.own(bob.telegram_id, view.project.id)
    with pytest.raises(NotYours):
        await screenings.shared("x" * 22)
    await shop.sharing.revoke(alice.id, view.project.id)
    for asked in (screenings.shared, screenings.announced, screenings.picture):
        with pytest.raises(NotYours):
            await asked(share.token)
    await screenings.own(alice.telegram_id, view.project.id)
    async with db.transaction() as session:
        found = await session.get_one(type(view.project), view.project.id)
        found.deleted_at = datetime.now(UTC)
    with pytest.raises(NotYours):
        await screenings.own(alice.telegram_id, view.project.id)


async def test_a_still_that_is_lost_is_left_out_of_the_picture(
    shop: Shop, db: Database, screenings: Screenings
) -> None:
    alice = await create_user(db)
    view, _ = await shop.takes.approve(alice.id, (take := await shop.take_of(alice)).id)
    assert view.project is not None
    share = await shop.sharing.share(alice.id, view.project.id)
    await shop.store.delete(take.thumbnail_key)
    with pytest.raises(NotYours):
        await screenings.picture(share.token)
