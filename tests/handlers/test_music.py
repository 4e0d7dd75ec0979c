"""🎵 Music in the chat: choosing, listening, setting, sending one's own, and what is said no to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import GetFile, SendAudio, SendMessage
from aiogram.types import BufferedInputFile

from media.music.made import Mood
from services import music_files
from storage.tables import Soundtrack
from tests.handlers.chat import Chat
from tests.media.music.recordings import save_wav, tone
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE
AUDIO: dict[str, Any] = {"file_id": "a1", "file_unique_id": "u", "duration": 3, "performer": "Anna", "title": "<Song>"}
VOICE = {"file_id": "v1", "file_unique_id": "u", "duration": 3}


@pytest.fixture
async def project(chat: Chat) -> int:
    return (await chat.shop.projects.start((await chat.user()).id)).id


@pytest.fixture
def wav(tmp_path: Path) -> bytes:
    return save_wav(tmp_path / "sent.wav", tone(3.0)).read_bytes()


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Which of our own tracks were composed."""
    composed: list[tuple[str, int]] = []

    async def make(mood: Mood, seconds: int, into: Path) -> None:
        composed.append((mood, seconds))
        into.write_bytes(b"a tune")

    monkeypatch.setattr(music_files, "make", make)
    return composed


async def music(chat: Chat, project: int) -> Soundtrack:
    track = await chat.shop.soundtracks.of((await chat.user()).id, project)
    assert track is not None
    return track


async def test_a_mood_is_heard_before_it_is_chosen(chat: Chat, project: int, made: list[tuple[str, int]]) -> None:
    await chat.taps(f"uo:{project}")
    assert "Choose a mood" in chat.last
    await chat.taps(f"um:{project}:warm")
    assert "Plucked strings" in chat.last

    await chat.taps(f"uh:{project}:warm:32")

    (sent,) = chat.telegram.sent(SendAudio)
    assert isinstance(sent.audio, BufferedInputFile)
    assert (sent.title, sent.performer, sent.duration) == ("☕ Warm", "Echoes", 32)
    listened = {"message_id": 6, "date": 1, "chat": chat.place, "audio": {**AUDIO, "file_id": "kept"}}
    answer = await chat.taps(f"uc:{project}:warm:32", message=listened)
    assert "music now" in answer["text"]
    assert "☕ Warm</b> · 0:32" in chat.last
    assert made == [("warm", 32)]

    await chat.taps(f"ul:{project}")
    await chat.taps(f"uh:{project}:warm:32")
    assert [one.audio for one in chat.telegram.sent(SendAudio)[1:]] == ["kept", "kept"]


async def test_what_telegram_has_forgotten_is_sent_anew(chat: Chat, project: int) -> None:
    await chat.taps(f"uc:{project}:calm:32", message={"message_id": 6, "date": 1, "chat": chat.place, "audio": AUDIO})
    chat.telegram.refuse(SendAudio, 400, "Bad Request: wrong file identifier/HTTP URL specified")

    await chat.taps(f"ul:{project}")

    assert isinstance(chat.telegram.sent(SendAudio)[-1].audio, BufferedInputFile)
    assert (await music(chat, project)).audio_file_id not in {None, "a1"}


async def test_it_is_set_by_taps(chat: Chat, project: int) -> None:
    await chat.taps(f"uc:{project}:calm:64")
    for data in ["start:10", "in:1", "out:5", "volume:25", "loop:0", "volume:25"]:
        assert (await chat.taps(f"us:{project}:{data}"))["text"] == ""

    track = await music(chat, project)
    assert (track.start_s, track.fade_in_s, track.fade_out_s, track.volume, track.loops) == (10, 1, 5, 25, False)
    assert "no longer on offer" in (await chat.taps(f"us:{project}:volume:33"))["text"]
    assert "within that" in (await chat.taps(f"us:{project}:start:64"))["text"]


async def test_the_start_can_be_typed(chat: Chat, project: int) -> None:
    await chat.taps(f"uc:{project}:calm:64")
    await chat.taps(f"ut:{project}")
    assert "It is 1:04 long" in chat.last

    await chat.says("at noon")
    assert "like 0:25" in chat.last
    await chat.says("1:03")

    assert (await music(chat, project)).start_s == 63
    assert "from 1:03" in str(chat.telegram.sent(SendMessage)[-1].reply_markup)


async def test_removing_it_leads_back_to_the_project(chat: Chat, project: int) -> None:
    await chat.taps(f"uc:{project}:calm:32")
    await chat.taps(f"ur:{project}")
    await chat.taps(f"ur:{project}")
    assert "📁" in chat.last
    assert "no music here any more" in (await chat.taps(f"us:{project}:volume:50"))["text"]
    assert "no music here any more" in (await chat.taps(f"ul:{project}"))["text"]


async def test_a_recording_that_was_asked_for_is_the_music_at_once(chat: Chat, project: int, wav: bytes) -> None:
    await chat.taps(f"uw:{project}")
    assert "Send me an audio file" in chat.last
    await chat.says("how?")
    assert "Send me an audio file" in chat.last
    chat.telegram.file = [wav]

    await chat.sends(audio=AUDIO)

    track = await music(chat, project)
    assert (track.origin, track.title, track.audio_file_id) == ("sent", "Anna – <Song>", "a1")
    assert "Anna – &lt;Song&gt;" in chat.last


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ({"audio": {**AUDIO, "performer": None, "title": None, "file_name": "sea.mp3"}}, "sea"),
        ({"voice": VOICE}, "Voice message"),
        ({"document": {"file_id": "d", "file_unique_id": "u", "file_name": "waves.FLAC"}}, "waves"),
        ({"document": {"file_id": "d", "file_unique_id": "u", "mime_type": "audio/ogg"}}, "Your music"),
    ],
)
async def test_any_other_recording_is_the_music_after_one_tap(
    chat: Chat, project: int, wav: bytes, content: dict[str, Any], title: str
) -> None:
    chat.telegram.file = [wav]
    number = await chat.sends(**content)
    offer = chat.telegram.sent(SendMessage)[-1]
    assert "Shall this be the music" in offer.text
    assert offer.reply_parameters.message_id == number
    assert chat.telegram.sent(GetFile) == []

    recording = {"message_id": number, "date": 1, "chat": chat.place, "from": chat.person, **content}
    asked = {"message_id": 900, "date": 1, "chat": chat.place, "text": offer.text, "reply_to_message": recording}
    for _ in range(2):
        await chat.taps(f"uk:{project}", message=asked)

    assert (await music(chat, project)).title == title


async def test_a_recording_that_is_gone_has_to_be_sent_again(chat: Chat, project: int) -> None:
    assert "send it again" in (await chat.taps(f"uk:{project}"))["text"]


async def test_without_a_project_there_is_nothing_for_music(chat: Chat) -> None:
    await chat.sends(audio=AUDIO)
    assert "photo" in chat.last
    await chat.sends(voice=VOICE)
    assert "I can't listen yet" in chat.last


async def test_what_is_no_music_is_said_no_to(chat: Chat, project: int) -> None:
    await chat.taps(f"uw:{project}")
    chat.telegram.file = [b"#EXTM3U\nfile:///etc/passwd\n"]
    await chat.sends(audio=AUDIO)
    assert "isn't music I can open" in chat.last

    recording = {"message_id": 7, "date": 1, "chat": chat.place, "from": chat.person, "audio": AUDIO}
    asked = {"message_id": 900, "date": 1, "chat": chat.place, "text": "?", "reply_to_message": recording}
    await chat.taps(f"uk:{project}", message=asked)
    assert "isn't music I can open" in chat.last
    assert await chat.shop.soundtracks.of((await chat.user()).id, project) is None


@pytest.mark.parametrize(
    ("facts", "said"), [({"file_size": 20 * 2**20 + 1}, "20 MB"), ({"duration": 601}, "10 minutes")]
)
async def test_what_telegram_itself_says_is_too_much_is_not_fetched(
    chat: Chat, project: int, facts: dict[str, Any], said: str
) -> None:
    await chat.sends(audio={**AUDIO, **facts})
    assert said in chat.last
    assert chat.telegram.sent(GetFile) == []


async def test_another_s_project_has_no_music_for_a_stranger(chat: Chat, bobs: Chat, project: int) -> None:
    await chat.taps(f"uc:{project}:calm:32")
    for data in ["uo:{}", "uy:{}", "um:{}:calm", "uh:{}:calm:32", "uc:{}:calm:32", "uw:{}", "ul:{}", "ut:{}", "ur:{}"]:
        assert "isn't yours" in (await bobs.taps(data.format(project)))["text"], data
    assert "isn't yours" in (await bobs.taps(f"us:{project}:volume:25"))["text"]
    assert (await music(chat, project)).volume == 100
