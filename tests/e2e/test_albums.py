"""Albums: one draft a photo, one card, one button for all of them."""

from __future__ import annotations

from tests.support.person import Person, buttons, eventually, words
from tests.support.photographs import jpeg
from tests.support.world import World

DRAFTS = "SELECT d.prompt FROM drafts d JOIN users u ON u.id = d.user_id WHERE u.telegram_id = ? ORDER BY d.id"
JOBS = "SELECT j.state FROM jobs j JOIN users u ON u.id = j.user_id WHERE u.telegram_id = ?"


async def test_an_album_becomes_one_draft_a_photo_and_one_card(world: World, alice: Person) -> None:
    await alice.send_files(jpeg("chelsea"), jpeg("coffee"), jpeg("astronaut"))
    await alice.sees_button("Generate all")
    assert len(world.rows(DRAFTS, alice.id)) == 3
    assert len([one for one in await alice.bot_messages() if buttons(one)]) == 1


async def test_text_is_the_prompt_of_all_and_one_button_makes_them_all(world: World, alice: Person) -> None:
    await alice.send_files(jpeg("chelsea"), jpeg("coffee"))
    card = await alice.sees_button("Generate all")
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
    card = await alice.sees_button("Generate all")
    second = next(label for label, _ in buttons(card) if "2" in label and "Generate" not in label)
    await alice.tap(card, second)
    own = await alice.wait_for(lambda one: one["message_id"] > card["message_id"] and "photo" in one)
    await alice.say("only this one: rain")
    await alice.wait_for(lambda one: one["message_id"] == own["message_id"] and "rain" in words(one))
    await eventually(lambda: world.rows(DRAFTS, alice.id) == [("",), ("only this one: rain",)], "one prompt")
