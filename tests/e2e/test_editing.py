"""A project is edited in one message of the chat, then deleted, and its files with it."""

from __future__ import annotations

from pathlib import Path

from tests.support.person import Message, Person, buttons, eventually, words
from tests.support.photographs import jpeg
from tests.support.world import World

PLACES = """SELECT c.position, c.draft_id, c.caption FROM clips c JOIN projects p ON p.id = c.project_id
    JOIN users u ON u.id = p.user_id WHERE u.telegram_id = ? ORDER BY c.position"""
USER = "SELECT id FROM users WHERE telegram_id = ?"


def files(world: World, person: Person) -> list[Path]:
    ((user,),) = world.rows(USER, person.id)
    found = [(world.var / "media" / kind / str(user)).rglob("*.*") for kind in ("images", "clips")]
    return [path for paths in found for path in paths]


async def eventually_approved(person: Person, video: Message) -> None:
    await person.wait_for(lambda one: one["message_id"] == video["message_id"] and "✓ In" in words(one))


async def test_clips_are_moved_captioned_and_replaced_in_place_and_go_with_their_project(
    world: World, alice: Person
) -> None:
    await alice.send_files(jpeg("chelsea"), jpeg("coffee"), caption="zoom in")
    card = await alice.sees_button("Generate all")
    await alice.tap(card, "Generate all")
    videos = await alice.videos(after=card["message_id"], count=2)
    for video in videos:
        await alice.tap(video, "Approve")
        await eventually_approved(alice, video)
    first, second = [draft for _, draft, _ in world.rows(PLACES, alice.id)]

    await alice.say("/projects")
    await alice.tap(await alice.sees_button("Project 1"), "Project 1")
    await alice.tap(await alice.sees_button("🎞 Clips"), "🎞 Clips")
    sheet = await alice.wait_for(lambda one: "photo" in one and "Tap a number to change" in words(one))
    place = sheet["message_id"]
    await alice.tap(sheet, "2")
    clip = await alice.wait_for(lambda one: one["message_id"] == place and "video" in one)
    for _ in range(2):
        await alice.tap_data(place, f"em:{_project(world, alice)}:{second}:2:1", forged=True)
    await alice.hears("clip 1 of 2")
    assert [draft for _, draft, _ in world.rows(PLACES, alice.id)] == [second, first]
    await alice.tap(clip, "Caption")
    await alice.hears("Send me the caption")
    await alice.say("The sea at last")
    await alice.hears("The caption is shown")
    assert world.rows(PLACES, alice.id)[0] == (1, second, "The sea at last")

    page = await alice.sees_button("🗑 Delete")
    await alice.tap(page, "🗑 Delete")
    await alice.tap(await alice.sees_button("Bring it back"), "Bring it back")
    await alice.tap(await alice.sees_button("🗑 Delete"), "🗑 Delete")
    await alice.sees_button("Bring it back")
    assert len(files(world, alice)) == 6
    # What was made after the deletion would be kept: to the books all of this was made before.
    for table in ("takes", "jobs"):
        of_alice = "user_id = (SELECT id FROM users WHERE telegram_id = ?)"
        world.execute(f"UPDATE {table} SET created_at = datetime('now', '-1 day') WHERE {of_alice}", alice.id)  # noqa: S608
    world.execute("UPDATE projects SET deleted_at = datetime('now', '-1 hour') WHERE id = ?", _project(world, alice))
    await eventually(lambda: files(world, alice) == [], "the end of the files")
    approved = await alice.wait_for(lambda one: one["message_id"] == videos[0]["message_id"])
    data = next(data for label, data in buttons(approved) if "Again" in label)
    assert "deleted for good" in (await alice.tap_data(approved["message_id"], data))["text"]


def _project(world: World, person: Person) -> int:
    ((user,),) = world.rows(USER, person.id)
    ((project,),) = world.rows("SELECT id FROM projects WHERE user_id = ?", user)
    return int(project)
