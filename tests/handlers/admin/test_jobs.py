"""/jobs: how the work goes, and a failed job done over after a question."""

from __future__ import annotations

import pytest

from conversation.i18n import Words
from providers.base import FailureReason
from storage.tables import Job
from tests.handlers.chat import OWNER, PHOTO, Chat
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, rows
from tests.support.photographs import jpeg

pytestmark = ON_SQLITE


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


@pytest.fixture
async def failed(chat: Chat) -> Job:
    """A job of Alice's that came to nothing."""
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    await chat.taps("dg:1:0")
    claim = await chat.shop.claim()
    await chat.shop.outcomes.fail(claim.job, claim.fence, FailureReason.BUSY)
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    return claim.job


async def test_an_owner_sees_it_and_has_it_done_over_after_a_question(owners: Chat, chat: Chat, failed: Job) -> None:
    await owners.says("/jobs")
    assert "failed: 1" in owners.last
    assert f"#{failed.id}" in owners.last
    await owners.taps(f"wk:{failed.id}")
    assert "overcrowded" in owners.last
    await owners.taps(f"wr:{failed.id}:0")
    assert "The house pays 2 credits" in owners.last
    assert len(await rows(owners.shop.db, "SELECT id FROM jobs")) == 1

    await owners.taps(f"wr:{failed.id}:1")

    assert "made again" in owners.last
    claim = await chat.shop.claim()
    await chat.shop.outcomes.succeed(claim, await chat.shop.stored(claim))
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert any("Done over, on the house" in said for said in chat.heard)
    assert await chat.shop.balance(await chat.user()) == (10, 0)


async def test_a_second_tap_is_told_that_it_was_done(owners: Chat, failed: Job) -> None:
    await owners.taps(f"wr:{failed.id}:1")
    assert "can't be done over" in (await owners.taps(f"wr:{failed.id}:1"))["text"]
    assert len(await rows(owners.shop.db, "SELECT id FROM jobs")) == 2


@pytest.mark.parametrize("tap", ["az:jobs:0", "wk:1", "wr:1:1"])
async def test_to_others_the_buttons_do_nothing(chat: Chat, bobs: Chat, failed: Job, tap: str) -> None:
    assert "no longer works" in (await bobs.taps(tap))["text"]
    assert bobs.heard == []
    assert len(await rows(chat.shop.db, "SELECT id FROM jobs")) == 1
