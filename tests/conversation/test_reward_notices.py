"""News of what friends and shared projects brought: once each, in plain words, with what there is now."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.methods import SendMessage

from conversation.reward_notices import NOTICES
from services import outbox
from storage.tables import User
from tests.conversation.shown import assert_fits, seen
from tests.conversation.stage import Stage
from tests.support.customers import approves_a_clip, buys, gets_back, newcomer
from tests.support.database import ON_SQLITE
from tests.support.sharers import project_with

pytestmark = ON_SQLITE
KINDS: dict[str, dict[str, Any]] = {
    "referral_joined": {"credits": 2, "rule": "bought"},
    "referral_vested": {"credits": 2},
    "referral_revoked": {"credits": 2, "owed": 1},
    "share_credited": {"credits": 2},
}


async def hears(stage: Stage) -> list[str]:
    """Everything about friends and shares that waits, as it is said."""
    stage.telegram.calls.clear()
    while batch := await stage.shop.outbox.claim():
        for message in batch:
            if message.kind in NOTICES:
                await stage.notifier.deliver(message)
            await stage.shop.outbox.mark_sent(message)
    return [seen(one.text) for one in stage.telegram.sent(SendMessage)]


async def friend_of(stage: Stage, inviter: User) -> User:
    code = (await stage.services.referrals.invitation(inviter.id)).code
    return await newcomer(stage.shop.db, "Carol", link=f"ref_{code}")


async def test_a_friend_s_way_from_joining_to_the_reward_and_back(stage: Stage, alice: User) -> None:
    carol = await friend_of(stage, alice)
    assert await hears(stage) == [
        "👋 Somebody has just joined by your invitation!\n"
        "You get 2 credits once they approve a clip made with credits they bought."
    ]

    await stage.shop.take_of(carol)
    charge = await buys(stage.shop, carol)
    await approves_a_clip(stage.shop, carol)
    assert await hears(stage) == [
        "🎁 A friend you invited made a clip to keep, so here are 2 credits for you. Thank you!\n\n"
        "You have 102 credits now."
    ]

    await gets_back(stage.shop, charge)
    (said,) = await hears(stage)
    assert "went back" in said
    assert "You have 100 credits now." in said


async def test_a_new_person_by_a_shared_project_is_told_of(stage: Stage, alice: User) -> None:
    share = await stage.services.sharing.share(alice.id, await project_with(stage.shop, alice))
    await hears(stage)
    await newcomer(stage.shop.db, link=f"p_{share.token}")

    (said,) = await hears(stage)

    assert "2 credits for you" in said
    assert "You have 100 credits now." in said


async def test_what_is_owed_after_a_friend_s_refund_is_said(stage: Stage, alice: User) -> None:
    async with stage.shop.db.transaction() as session:
        await outbox.put(session, key="x", user_id=alice.id, kind="referral_revoked", payload={"credits": 2, "owed": 1})

    (said,) = await hears(stage)

    assert "Spent already: 1 credit." in said


async def test_where_friends_are_not_rewarded_no_reward_is_promised(stage: Stage, alice: User, english: None) -> None:
    view = await NOTICES["referral_joined"](stage.services, alice, {"credits": 0, "rule": "bought"})
    assert view is not None
    assert "credit" not in view.text


@pytest.mark.parametrize("kind", NOTICES)
async def test_each_can_be_said_in_every_language(stage: Stage, alice: User, language: str, kind: str) -> None:
    view = await NOTICES[kind](stage.services, alice, KINDS[kind])
    assert view is not None
    assert_fits(view, caption=False)
