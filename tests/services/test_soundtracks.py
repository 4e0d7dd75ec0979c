"""The music of a project: one track, played as its owner wants it, encoded once for a film of one length."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from media.music import fit
from media.music.encoding import RATE, samples_of
from media.music.made import Mood
from services import music_files
from services.dialogue import Expectation
from services.errors import ChoiceNotOffered, MusicNotUsable, NoMusicYet, NotYours, StartNotUsable
from services.soundtracks import Recording
from storage.database import Database
from storage.tables import User
from tests.media.music.recordings import Sound, clicks, heard, level, save_wav, wav_of_a_tone
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows


@pytest.fixture
async def project(shop: Shop, alice: User) -> int:
    return (await shop.projects.start(alice.id)).id


@pytest.fixture
async def track(shop: Shop, alice: User, project: int) -> str:
    """The key of what Alice sent."""
    return (await shop.soundtracks.send(alice.id, project, Recording(wav_of_a_tone(), "Our song", "file-1"))).audio_key


def objects(shop: Shop) -> list[str]:
    return sorted(str(path.relative_to(shop.folder)) for path in shop.folder.glob("music/**/*") if path.is_file())


async def test_a_project_has_no_music_at_first(shop: Shop, alice: User, project: int) -> None:
    assert await shop.soundtracks.of(alice.id, project) is None
    assert await shop.soundtracks.fitted(project, seconds=5.0) is None


async def test_what_was_sent_becomes_the_music(shop: Shop, alice: User, project: int, track: str) -> None:
    music = await shop.soundtracks.of(alice.id, project)

    assert music is not None
    assert (music.origin, music.title, music.audio_file_id) == ("sent", "Our song", "file-1")
    assert music.seconds == pytest.approx(6.0, abs=0.001)
    assert (music.start_s, music.fade_in_s, music.fade_out_s, music.volume, music.loops) == (0, 0, 2, 100, True)
    assert objects(shop) == [track]
    assert track.startswith(f"music/{alice.id}/{project}/")


async def test_another_track_takes_its_place_and_the_old_files_go(
    shop: Shop, alice: User, project: int, track: str
) -> None:
    await shop.soundtracks.fitted(project, seconds=3.0)

    other = await shop.soundtracks.send(alice.id, project, Recording(wav_of_a_tone(hertz=330.0), "Another"))

    assert objects(shop) == [other.audio_key]
    assert other.audio_key != track


async def test_the_same_recording_again_stays_as_it_is_set(shop: Shop, alice: User, project: int, track: str) -> None:
    await shop.soundtracks.loud(alice.id, project, 50)

    again = await shop.soundtracks.send(alice.id, project, Recording(wav_of_a_tone(), "Our song", "file-1"))

    assert (again.audio_key, again.volume) == (track, 50)
    assert objects(shop) == [track]


async def test_many_at_once_leave_one(db: Database, shop: Shop, alice: User, project: int) -> None:
    sent = [Recording(wav_of_a_tone(1.0, 200.0 + 10 * number), str(number)) for number in range(4)]

    await asyncio.gather(*(shop.soundtracks.send(alice.id, project, one) for one in sent))

    ((key,),) = await rows(db, "SELECT audio_key FROM soundtracks")
    assert objects(shop) == [key]


@ON_SQLITE
async def test_what_is_no_music_changes_nothing(shop: Shop, alice: User, project: int, track: str) -> None:
    with pytest.raises(MusicNotUsable) as refused:
        await shop.soundtracks.send(alice.id, project, Recording(b"#EXTM3U\n/etc/passwd\n", "hello"))

    assert refused.value.problem == "not_audio"
    assert objects(shop) == [track]


@ON_SQLITE
async def test_fitted_is_encoded_once_for_each_length_and_setting(
    shop: Shop, alice: User, project: int, track: str
) -> None:
    first = await shop.soundtracks.fitted(project, seconds=9.0)
    assert first is not None
    written = (shop.folder / first).stat().st_mtime_ns

    again = await shop.soundtracks.fitted(project, seconds=9.0)
    assert again == first
    assert (shop.folder / first).stat().st_mtime_ns == written
    assert samples_of(shop.folder / first) == 9 * RATE

    await shop.soundtracks.loud(alice.id, project, 25)
    quieter = await shop.soundtracks.fitted(project, seconds=9.0)
    assert quieter is not None
    assert objects(shop) == sorted([track, quieter])


@ON_SQLITE
async def test_fitted_plays_it_as_it_is_set(shop: Shop, alice: User, project: int, tmp_path: Path) -> None:
    sound = clicks(6.0, 0.5, 4.5)
    await shop.soundtracks.send(alice.id, project, Recording(_as_wav(tmp_path, sound), "clicks"))
    await shop.soundtracks.start_at(alice.id, project, 4.0)
    await shop.soundtracks.loop(alice.id, project, False)
    await shop.soundtracks.fade(alice.id, project, in_s=0.0, out_s=0.0)

    key = await shop.soundtracks.fitted(project, seconds=5.0)

    assert key is not None
    (tmp_path / "fitted.m4a").write_bytes(await shop.store.get(key))
    played = await heard(tmp_path / "fitted.m4a")
    assert level(played, 0.5, 0.51) > 0.1
    assert level(played, 1.0, 5.0) < 0.001


def _as_wav(folder: Path, sound: Sound) -> bytes:
    return save_wav(folder / "clicks.wav", sound).read_bytes()


async def test_music_changed_while_it_is_fitted_is_fitted_anew(
    shop: Shop, alice: User, project: int, track: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Recording(wav_of_a_tone(hertz=330.0), "Another")

    async def slow(*args: object, **how: object) -> None:
        monkeypatch.setattr(music_files, "fit", fit)
        await shop.soundtracks.send(alice.id, project, other)
        await fit(*args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(music_files, "fit", slow)
    key = await shop.soundtracks.fitted(project, seconds=3.0)

    music = await shop.soundtracks.of(alice.id, project)
    assert music is not None
    assert (music.title, music.fitted_key) == ("Another", key)
    assert objects(shop) == sorted([music.audio_key, str(key)])


@ON_SQLITE
async def test_a_fitted_file_that_is_gone_is_made_again(shop: Shop, project: int, track: str) -> None:
    key = await shop.soundtracks.fitted(project, seconds=3.0)
    assert key is not None
    await shop.store.delete(key)

    assert await shop.soundtracks.fitted(project, seconds=3.0) == key
    assert await shop.store.exists(key)


@ON_SQLITE
@pytest.mark.parametrize("start_s", [-1.0, 6.0, 100.0])
async def test_it_starts_within_itself(shop: Shop, alice: User, project: int, track: str, start_s: float) -> None:
    with pytest.raises(StartNotUsable):
        await shop.soundtracks.start_at(alice.id, project, start_s)


@ON_SQLITE
async def test_only_what_is_offered_can_be_chosen(shop: Shop, alice: User, project: int, track: str) -> None:
    with pytest.raises(ChoiceNotOffered):
        await shop.soundtracks.loud(alice.id, project, 3)
    with pytest.raises(ChoiceNotOffered):
        await shop.soundtracks.fade(alice.id, project, in_s=77.0)
    with pytest.raises(ChoiceNotOffered):
        await shop.soundtracks.choose(alice.id, project, "sad", 32)  # type: ignore[arg-type]
    with pytest.raises(ChoiceNotOffered):
        await shop.soundtracks.choose(alice.id, project, "calm", 33)


async def test_removing_it_removes_its_files(shop: Shop, alice: User, project: int, track: str) -> None:
    await shop.soundtracks.fitted(project, seconds=3.0)

    assert await shop.soundtracks.remove(alice.id, project) is True
    assert await shop.soundtracks.remove(alice.id, project) is False

    assert objects(shop) == []
    with pytest.raises(NoMusicYet):
        await shop.soundtracks.loud(alice.id, project, 50)
    with pytest.raises(NoMusicYet):
        await shop.soundtracks.expect_start(alice.id, project)


async def test_our_own_track_is_made_once_for_everybody(
    shop: Shop, alice: User, bob: User, project: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, int]] = []

    async def make(mood: Mood, seconds: int, into: Path) -> None:
        made.append((mood, seconds))
        into.write_bytes(b"a tune")

    monkeypatch.setattr(music_files, "make", make)
    theirs = (await shop.projects.start(bob.id)).id

    await shop.soundtracks.choose(alice.id, project, "calm", 32, file_id="heard")
    second = await shop.soundtracks.choose(bob.id, theirs, "calm", 32)

    assert made == [("calm", 32)]
    assert (second.origin, second.title, second.seconds) == ("made", "calm", 32.0)
    assert second.audio_file_id == "heard", "nobody uploads it a second time"
    await shop.soundtracks.remove(alice.id, project)
    assert objects(shop) == ["music/made/calm-32-v1.m4a"]


async def test_an_answer_about_music_is_awaited_no_longer_than_it_matters(
    shop: Shop, alice: User, project: int, track: str
) -> None:
    async def awaited() -> dict[str, object]:
        async with shop.db.reading() as session:
            return (await session.get_one(User, alice.id)).dialogue

    await shop.soundtracks.expect_start(alice.id, project)
    await shop.soundtracks.loud(alice.id, project, 50)
    assert await awaited() == {}

    await shop.dialogue.expect(alice.id, Expectation("draft_prompt", 1))
    await shop.soundtracks.loud(alice.id, project, 75)
    assert await awaited() == {"expects": "draft_prompt", "subject_id": 1}


@ON_SQLITE
async def test_a_deleted_project_has_no_music_to_change(db: Database, shop: Shop, alice: User, project: int) -> None:
    await execute(db, "UPDATE projects SET deleted_at = created_at")

    with pytest.raises(NotYours):
        await shop.soundtracks.send(alice.id, project, Recording(wav_of_a_tone(), "late"))


def test_numpy_stays_out_of_who_only_serves() -> None:
    check = "import sys, services.soundtracks; sys.exit('numpy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
