"""Live jobs in /jobs: looked at, ended and moved, each after a question; vendors and all work paused and resumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversation.i18n import Words
from services.staff.rights import Role
from storage.database import Database
from storage.tables import Job
from tests.handlers.chat import OWNER, PHOTO, Chat
from tests.services.jobs.steps import Other
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE
from tests.support.photographs import jpeg
from tests.support.vendor import Vendor

pytestmark = ON_SQLITE


@pytest.fixture
def shop(db: Database, tmp_path: Path) -> Shop:
    return Shop(db, tmp_path / "objects", Vendor(), Other())


@pytest.fixture
def owners(shop: Shop, words: Words) -> Chat:
    return Chat(shop, words, OWNER, "Olga")


@pytest.fixture
async def ordered(chat: Chat) -> Job:
    """A job of Alice's, that waits."""
    chat.telegram.file = [jpeg()]
    await chat.sends(photo=PHOTO)
    await chat.taps("dg:1:0")
    return await chat.shop.job(1)


async def test_a_live_job_is_found_by_its_number_and_ended_after_a_question(
    owners: Chat, chat: Chat, ordered: Job
) -> None:
    await owners.taps("wl:0")
    assert "#1 · Alice · vendor · waiting" in owners.last.replace("<b>", "").replace("</b>", "")
    await owners.says("/jobs #1")
    assert "Job #1" in owners.last
    await owners.taps("wf:1:0")
    assert "Alice gets 2 credits back" in owners.last
    assert (await owners.shop.job(1)).state == "queued"

    assert "they are told" in (await owners.taps("wf:1:1"))["text"]

    assert "failed" in owners.last
    assert await chat.shop.balance(await chat.user()) == (10, 0)
    await chat.stage.notifier.deliver(await chat.stage.next_message())
    assert any("we had to end it" in said for said in chat.heard)
    assert "already done" in (await owners.taps("wf:1:1"))["text"]


async def test_it_is_moved_after_a_question_to_who_can_take_it(owners: Chat, ordered: Job) -> None:
    await owners.taps("wm:1:other:0")
    assert "no more than was shown" in owners.last
    assert (await owners.shop.job(1)).provider == "vendor"

    assert "Moved" in (await owners.taps("wm:1:other:1"))["text"]

    assert (await owners.shop.job(1)).provider == "other"
    assert "vendor → other" in owners.last
    assert "can't take it" in (await owners.taps("wm:1:film:1"))["text"]


async def test_no_such_job_is_said_in_a_sentence(owners: Chat) -> None:
    await owners.says("/jobs 99")
    assert "no longer here" in owners.last
    await owners.says("/jobs of everybody")
    assert "Vendors" in owners.last


async def test_all_work_is_paused_and_goes_on_each_after_a_question(owners: Chat, chat: Chat, ordered: Job) -> None:
    await owners.taps("wp:1:0")
    assert "1 job waits." in owners.last
    assert not owners.shop.live.now.paused

    await owners.taps("wp:1:1")

    assert "Nothing new is begun" in owners.last
    assert await chat.shop.queue.claim_next("worker") is None
    await chat.stage.notifier.show_draft(await chat.user(), 1)
    assert "Paused for a moment" in chat.last
    await owners.says("/admin")
    assert "Nothing new is begun" in owners.last
    await owners.taps("wp:0:0")
    await owners.taps("wp:0:1")
    assert await chat.shop.queue.claim_next("worker") is not None


async def test_one_vendor_is_paused_and_given_work_again(owners: Chat, ordered: Job) -> None:
    await owners.taps("wv:vendor")
    assert "waiting for it: 1" in owners.last
    await owners.taps("wq:vendor:1:0")
    assert "Give vendor nothing new?" in owners.last
    await owners.taps("wq:vendor:1:1")
    assert "given nothing new" in owners.last
    assert "already done" in (await owners.taps("wq:vendor:1:1"))["text"]
    await owners.taps("wq:vendor:0:1")
    assert owners.shop.live.now.paused_makers == []


@pytest.mark.parametrize("tap", ["wf:1:1", "wm:1:other:1", "wp:1:1", "wq:vendor:1:1", "wc:look:0:", "wc:close:1:"])
async def test_support_looks_but_does_nothing(shop: Shop, bobs: Chat, owners: Chat, ordered: Job, tap: str) -> None:
    await shop.staff.appoint(await shop.boss(), (await bobs.user()).id, Role.SUPPORT)
    await bobs.says("/jobs 1")
    assert "Job #1" in bobs.last

    assert "no longer works" in (await bobs.taps(tap))["text"]

    job = await shop.job(1)
    assert (job.provider, job.state) == ("vendor", "queued")
    assert (shop.live.now.paused, shop.live.now.paused_makers) == (False, [])


@pytest.mark.parametrize(
    "tap", ["wl:0", "wf:1:1", "wm:1:other:1", "wv:vendor", "wp:1:1", "wq:vendor:1:1", "wc:open:1:"]
)
async def test_to_others_the_buttons_do_not_exist(shop: Shop, bobs: Chat, ordered: Job, tap: str) -> None:
    assert "no longer works" in (await bobs.taps(tap))["text"]
    assert bobs.heard == []
    assert (await shop.job(1)).state == "queued"
    assert not shop.live.now.paused


async def test_a_person_s_jobs_lead_to_their_pages(owners: Chat, ordered: Job) -> None:
    await owners.taps(f"hp:{ordered.user_id}:jobs:0")

    assert "wk:1" in str(owners.telegram.calls[-1])
