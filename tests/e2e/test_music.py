"""Music through the sandbox: one's own and one of ours, heard, set, and refused."""

from __future__ import annotations

import io
from pathlib import Path

import aiohttp
import av

from tests.media.music.recordings import save_as, tone
from tests.support.person import Person, buttons, words
from tests.support.world import World

MUSIC = (
    "SELECT s.origin, s.title, s.volume FROM soundtracks s JOIN projects p ON p.id = s.project_id "
    "JOIN users u ON u.id = p.user_id WHERE u.telegram_id = ?"
)


async def test_a_project_gets_its_music(
    world: World, alice: Person, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    await alice.say("/new")
    await alice.hears("is ready")

    await alice.send_files(b"not a song at all", as_="document", name="song.mp3")
    offer = await alice.sees_button("Use it")
    await alice.tap(offer, "Use it")
    await alice.hears("isn't music I can open")
    assert world.rows(MUSIC, alice.id) == []

    song = await save_as(tmp_path / "song.mp3", tone(4.0), "libmp3lame", "mp3")
    await alice.send_files(song.read_bytes(), as_="audio", name="song.mp3")
    offer = await alice.wait_for(lambda one: "Shall this" in words(one) and one["message_id"] > offer["message_id"])
    await alice.tap(offer, "Use it")
    card = await alice.hears("🎵 song")
    await alice.tap(card, "🔈 50%")
    await alice.wait_for(lambda one: one["message_id"] == card["message_id"] and "✓ 🔈 50%" in str(one["reply_markup"]))
    assert world.rows(MUSIC, alice.id) == [("sent", "song", 50)]

    await alice.tap(card, "Other music")
    await alice.tap(await alice.sees_button("Bright"), "Bright")
    await alice.tap(await alice.sees_button("▶️ 0:32"), "▶️ 0:32")
    heard = await alice.wait_for(lambda one: "audio" in one and one["message_id"] > card["message_id"])
    assert (heard["audio"]["duration"], heard["audio"]["title"]) == (32, "☀️ Bright")
    async with session.get(f"{world.url}{heard['media_url']}") as response:
        with av.open(io.BytesIO(await response.read()), "r") as container:
            assert container.streams.audio[0].codec_context.name == "aac"
    await alice.tap(heard, "Use it")
    # What was listened to says the same.
    chosen = await alice.wait_for(lambda one: "☀️ Bright · 0:32" in words(one) and "Listen" in str(buttons(one)))
    assert world.rows(MUSIC, alice.id) == [("made", "bright", 100)]

    await alice.tap(chosen, "Listen")
    again = await alice.wait_for(lambda one: "audio" in one and one["message_id"] > chosen["message_id"])
    assert again["audio"]["file_unique_id"] == heard["audio"]["file_unique_id"], "nothing was uploaded a second time"
