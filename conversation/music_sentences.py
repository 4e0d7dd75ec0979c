"""Why a recording cannot be the music of a film, each in one sentence that says what to do."""

from __future__ import annotations

from conversation.i18n import gettext as _
from media.errors import MusicProblem
from services import errors


def music_sentence(refusal: errors.MusicNotUsable) -> str:
    return _sentences()[MusicProblem(refusal.problem)]


def start_sentence(refusal: errors.StartNotUsable) -> str:
    minutes, rest = divmod(int(refusal.seconds), 60)
    text = _("It is {length} long. Please send me a moment within that, like 0:25.")
    return text.format(length=f"{minutes}:{rest:02d}")


def not_fetched(_refusal: errors.MusicNotFetched) -> str:
    return _("I couldn't fetch that recording from Telegram. Please send it again.")


def no_music(_refusal: errors.NoMusicYet) -> str:
    return _("There is no music here any more. Tap 🎵 Music to choose some.")


def _sentences() -> dict[MusicProblem, str]:
    return {
        MusicProblem.EMPTY: _("That file is empty. Please send the music again."),
        MusicProblem.TOO_LARGE_FILE: _(
            "That file is over 20 MB, more than I can fetch. Please send a shorter or smaller one, such as an MP3."
        ),
        MusicProblem.NOT_AUDIO: _("That isn't music I can open. Please send an MP3, M4A, OGG, FLAC or WAV file."),
        MusicProblem.NO_SOUND: _("There's no sound in that file. Please send an audio file or a voice message."),
        MusicProblem.DAMAGED: _("That recording is damaged and won't open. Please send it again or choose another."),
        MusicProblem.TOO_SHORT: _("That's too short for music. Please send at least a second or two."),
        MusicProblem.TOO_LONG: _("That's over 10 minutes. Please cut out the part you like and send it again."),
        MusicProblem.SILENT: _("I hear only silence in that recording. Please send another one."),
    }
