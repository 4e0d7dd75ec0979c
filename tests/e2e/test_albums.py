"""Albums: one draft a photo, one card, one button for all of them."""

from __future__ import annotations

import aiohttp

from tests.support.person import Message, Person, buttons, eventually, words
from tests.support.photographs import jpeg
from tests.support.world import BOT_ID, World

DRAFTS = "SELECT d.prompt FROM drafts d JOIN users u ON u.id = d.user_id WHERE u.telegram_id = ? ORDER BY d.id"
CAME = "SELECT d.source_key FROM drafts d JOIN users u ON u.id = d.user_id WHERE u.telegram_id = ? ORDER BY d.id"
PLACED = (
    "SELECT d.source_key FROM clips c JOIN drafts d ON d.id = c.draft_id JOIN users u ON u.id = d.user_id "
    "WHERE u.telegram_id = ? ORDER BY c.position"
)
JOBS = "SELECT j.state FROM jobs j JOIN users u ON u.id = j.user_id WHERE u.telegram_id = ?"


async def card_of(person: Person, photos: int) -> Message:
    """The card of an album once all its photos are on it: where they come slowly, it is there before the last."""
    return await person.wait_for(
        lambda one: words(one).startswith(f"🎞 {photos} photos") and "Generate all" in str(buttons(one))
    )


async def test_an_album_becomes_one_draft_a_photo_and_one_card(world: World, alice: Person) -> None:
    await alice.send_files(jpeg("chelsea"), jpeg("coffee"), jpeg("astronaut"))
    await card_of(alice, 3)
    assert len(world.rows(DRAFTS, alice.id)) == 3
    assert len([one for one in await alice.bot_messages() if buttons(one)]) == 1


async def test_text_is_the_prompt_of_all_and_one_button_makes_them_all(world: World, alice: Person) -> None:
    await alice.send_files(jpeg("chelsea"), jpeg("coffee"))
    card = await card_of(alice, 2)
    await alice.say("soft dust, zoom out")
    await eventually(lambda: world.rows(DRAFTS, alice.id) == [("soft dust, zoom out",)] * 2, "the prompts")
    card = await alice.wait_for(lambda one: "soft dust" in words(one))
    price = next(label for label, _ in buttons(card) if "Generate all" in label)
    assert "2" in price
    await alice.tap(card, "Generate all")
    videos = await alice.videos(after=card["message_id"], count=2)
    assert len(videos) == 2
    assert world.rows(JOBS, alice.id) == [("succeeded",)] * 2
    ended = await alice.wait_for(
        lambda one: one["message_id"] == card["message_id"] and not any("Generate" in text for text, _ in buttons(one))
    )
    assert ended


async def test_one_photo_of_an_album_can_be_changed_alone(world: World, alice: Person) -> None:
    await alice.send_files(jpeg("chelsea"), jpeg("coffee"))
    card = await card_of(alice, 2)
    second = next(label for label, _ in buttons(card) if "2" in label and "Generate" not in label)
    await alice.tap(card, second)
    own = await alice.wait_for(lambda one: one["message_id"] > card["message_id"] and "photo" in one)
    await alice.say("only this one: rain")
    await alice.wait_for(lambda one: one["message_id"] == own["message_id"] and "rain" in words(one))
    await eventually(lambda: world.rows(DRAFTS, alice.id) == [("",), ("only this one: rain",)], "one prompt")


async def test_an_album_that_comes_in_disorder_is_approved_at_once_in_the_order_it_was_sent(
    world: World, alice: Person, session: aiohttp.ClientSession
) -> None:
    reorder = {"kind": "reorder_updates", "bot_id": BOT_ID, "times": 100}
    async with session.post(f"{world.url}/control/faults", json=reorder) as ordered:
        assert ordered.status < 300
    await alice.send_files(*(jpeg(name) for name in ("chelsea", "coffee", "astronaut", "camera")))
    card = await card_of(alice, 4)
    async with session.delete(f"{world.url}/control/faults") as withdrawn:
        assert withdrawn.status < 300
    came = numbers(world.rows(CAME, alice.id))
    assert len(came) == 4
    assert came != sorted(came)

    await alice.tap(card, "Generate all")
    card = await alice.sees_button("Approve all · 4 clips")
    await alice.tap(card, "Approve all")

    await alice.hears("4 clips are in Project 1 now, in the order you sent the photos.")
    assert "4 of 4 approved" in words(await alice.hears("in Project 1 ✓"))
    assert numbers(world.rows(PLACED, alice.id)) == sorted(came)


def numbers(source_keys: list[tuple[str]]) -> list[int]:
    """Of the messages that photos came with."""
    return [int(key.removeprefix("message:")) for (key,) in source_keys]
