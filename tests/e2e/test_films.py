"""A project becomes a film that arrives in the chat: in order, with music and title; again at once; or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import aiohttp
import av
import numpy as np
import numpy.typing as npt
import pytest

from tests.e2e.conftest import Arrive
from tests.e2e.test_story import download, drafted, generated
from tests.support.person import Message, Person, buttons, eventually, words
from tests.support.photographs import jpeg
from tests.support.world import FULL, World

TITLE_SECONDS = 2.5
MUSIC_KEY = "music/made/hum.m4a"
JOBS = """SELECT j.state FROM films f JOIN jobs j ON j.id = f.job_id JOIN users u ON u.id = f.user_id
    WHERE u.telegram_id = ? ORDER BY f.id"""
Picture = npt.NDArray[np.int16]


async def approved(person: Person, photo: str) -> Message:
    video = await generated(person, await drafted(person, "slow zoom in", photo=jpeg(photo)))
    await person.tap(video, "Approve")
    await person.wait_for(lambda one: one["message_id"] == video["message_id"] and "✓" in words(one))
    return video


def hum(path: Path) -> None:
    """Twenty seconds of one note."""
    path.parent.mkdir(parents=True, exist_ok=True)
    moments = np.arange(20 * 48_000) / 48_000
    wave = (np.sin(2 * np.pi * 220 * moments) * 0.3).astype(np.float32)
    with av.open(str(path), "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=48_000)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def give_music(world: World, person: Person) -> None:
    hum(world.var / "media" / MUSIC_KEY)
    world.execute(
        "INSERT INTO soundtracks (project_id, origin, title, audio_key, seconds, loops, start_s, fade_in_s, fade_out_s,"
        " volume, created_at) SELECT p.id, 'made', 'Hum', ?, 20.0, 1, 0, 0, 2, 100, '2026-01-01 00:00:00.000000'"
        " FROM projects p JOIN users u ON u.id = p.user_id WHERE u.telegram_id = ?",
        MUSIC_KEY,
        person.id,
    )


def pictures(video: bytes) -> list[tuple[float, Picture]]:
    """Small copies of the frames, and when each is shown."""
    with av.open(io.BytesIO(video), "r") as container:
        return [
            (float(frame.time or 0), frame.reformat(64, 36, "rgb24").to_ndarray().astype(np.int16))
            for frame in container.decode(video=0)
        ]


def distance(one: Picture, other: Picture) -> float:
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("own_world", [FULL], indirect=True)
async def test_two_clips_become_a_film_with_music_and_its_name(
    own_world: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    world, alice = own_world, await arrive(own_world)
    clips = [await approved(alice, photo) for photo in ("chelsea", "coffee")]
    await alice.tap(await alice.sees_button("Name it"), "Name it")
    await alice.say("Summer")
    await alice.hears("is called")
    give_music(world, alice)

    # Chosen and made: one card, and the film below it.
    await alice.say("/projects")
    await alice.tap(await alice.wait_for(lambda one: any("Summer" in text for text, _ in buttons(one))), "Summer")
    await alice.tap(await alice.sees_button("Make the film"), "Make the film")
    choices = await alice.hears("The film of “Summer”")
    assert {"✓ 720p", "✓ 🎵 With music", "✓ 🏷 Name first"} <= {text for text, _ in buttons(choices)}
    await alice.tap(choices, "Make the film")
    film = await alice.receives_video(after=choices["message_id"])
    assert film["video"]["width"] == 1280
    assert film["video"]["duration"] == round(TITLE_SECONDS + 10)
    done = await alice.hears("Your film is below")
    assert done["message_id"] == choices["message_id"]

    # In order, and complete.
    content = await download(session, world, film)
    shown = pictures(content)
    sources = [pictures(await download(session, world, clip)) for clip in clips]
    for place, source in enumerate(sources):
        begins = TITLE_SECONDS + 5 * place
        played = [picture for at, picture in shown if begins - 0.01 <= at < begins + 4.99]
        assert len(played) == len(source) == 5 * 24
        other = sources[1 - place]
        for number in (0, 60, 119):
            right, wrong = distance(played[number], source[number][1]), distance(played[number], other[number][1])
            assert right < 4 < wrong
    with av.open(io.BytesIO(content), "r") as container:
        (sound,) = container.streams.audio
        loudness = [float(np.abs(frame.to_ndarray()).mean()) for frame in container.decode(sound)]
        assert sum(loudness[: len(loudness) // 2]) > 0.1 * (len(loudness) // 2)

    # The same again is sent and not made.
    await alice.tap(done, "Open project")
    await alice.tap(await alice.sees_button("Make the film"), "Make the film")
    await alice.tap(await alice.sees_button("Send it again"), "Send it again")
    again = await alice.receives_video(after=film["message_id"])
    assert again["video"]["file_unique_id"] == film["video"]["file_unique_id"]
    assert world.rows(JOBS, alice.id) == [("succeeded",)]

    # Another one is stopped.
    choices = await alice.sees_button("Cross-fade")
    await alice.tap(choices, "1080p")
    await alice.tap(await alice.sees_button("✓ 1080p"), "Cross-fade")
    await alice.tap(await alice.sees_button("✓ Cross-fade"), "Make the film")
    await alice.tap(await alice.sees_button("Cancel"), "Cancel")
    stopped = await alice.hears("Cancelled")
    assert stopped["message_id"] == choices["message_id"]
    await eventually(lambda: world.rows(JOBS, alice.id) == [("succeeded",), ("cancelled",)], "the end of the job")
