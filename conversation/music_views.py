"""The music of a project: one card for choosing it and for how it is played."""

from __future__ import annotations

from typing import Final

from conversation import callbacks
from conversation.callbacks import music as music_callbacks
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, choice, lines, paragraphs, rows, shortened, theirs
from conversation.wording import project_html, project_name, seconds
from media.music.made import LENGTHS, MOODS, Mood
from services.soundtracks import FADES, VOLUMES
from storage.tables import Project, Soundtrack

STEP_SECONDS: Final = 5
TITLE_SHOWN: Final = 64
_NAME_ON_BUTTON: Final = 32


def clock(length_s: float) -> str:
    """`1:05`, as players show it."""
    minutes, rest = divmod(int(length_s), 60)
    return f"{minutes}:{rest:02d}"


def mood_name(mood: str) -> str:
    names = {"calm": _("🌿 Calm"), "warm": _("☕ Warm"), "bright": _("☀️ Bright"), "epic": _("⛰ Epic")}
    return names.get(mood, mood)


def track_name(track: Soundtrack) -> str:
    """As plain text."""
    return mood_name(track.title) if track.origin == "made" else f"🎵 {track.title}"


def choose_view(project: Project, track: Soundtrack | None) -> View:
    moods = [button(mood_name(mood), music_callbacks.ShowMood(project=project.id, mood=mood)) for mood in MOODS]
    text = _("Choose a mood to listen to, or send me your own: an audio file or a voice message.")
    back = button(_("‹ Back"), music_callbacks.OpenMusic(project=project.id)) if track else _to_project(project)
    own = button(_("🎤 Send my own"), music_callbacks.SendMusic(project=project.id))
    return View(paragraphs(_title(project), text), rows(moods[:2], moods[2:], [own], [back]))


def mood_view(project: Project, mood: Mood) -> View:
    """Each length can be heard before it is chosen."""
    about = {
        "calm": _("Soft chords, a few bells, and a lot of room."),
        "warm": _("Plucked strings and an easy beat, like an evening with friends."),
        "bright": _("Light and quick: sunshine, children, a day out."),
        "epic": _("Strings and drums for mountains and great moments."),
    }
    offered = [
        [
            button(f"▶️ {clock(length)}", music_callbacks.HearMade(project=project.id, mood=mood, seconds=length)),
            button(_("✓ Use it"), music_callbacks.UseMade(project=project.id, mood=mood, seconds=length)),
        ]
        for length in LENGTHS
    ]
    back = [button(_("‹ Back"), music_callbacks.OtherMusic(project=project.id))]
    text = lines(f"<b>{mood_name(mood)}</b>", about[mood], _("It repeats by itself as long as your film lasts."))
    return View(paragraphs(_title(project), text), rows(*offered, back))


def heard_view(project: Project, mood: Mood, length: int) -> View:
    """Under one of our tracks."""
    use = music_callbacks.UseMade(project=project.id, mood=mood, seconds=length)
    return View(f"{mood_name(mood)} · {clock(length)}", rows([button(_("✓ Use it"), use)]))


def awaited_view(project: Project) -> View:
    text = _("🎤 Send me an audio file or a voice message now: up to 10 minutes and 20 MB.")
    back = button(_("‹ Back"), music_callbacks.OtherMusic(project=project.id))
    return View(paragraphs(_title(project), text), rows([back]))


def offer_view(project: Project, *, voice: bool) -> View:
    """In answer to a recording nobody asked for."""
    text = _("🎵 Shall this be the music of <b>{project}</b>?").format(project=project_html(project))
    words = _("I can't listen to words yet: please write them.") if voice else None
    use = button(_("✓ Use it"), music_callbacks.UseSent(project=project.id))
    return View(lines(text, words), rows([use]))


def music_view(project: Project, track: Soundtrack) -> View:
    """How the music is played; each button says what it would be set to."""
    facts = lines(
        f"<b>{theirs(track_name(track), TITLE_SHOWN)}</b> · {clock(track.seconds)}",
        _("↗️ fades in over {fade_in}, ↘️ out over {fade_out}").format(
            fade_in=seconds(track.fade_in_s), fade_out=seconds(track.fade_out_s)
        ),
        _("🔁 Repeats until the film ends") if track.loops else _("1️⃣ Plays once"),
    )
    repeat = _("1️⃣ Play it once") if track.loops else _("🔁 Repeat it")
    keyboard = rows(
        _start_row(track),
        [_fade("in", "↗️", value, track, track.fade_in_s) for value in FADES],
        [_fade("out", "↘️", value, track, track.fade_out_s) for value in FADES],
        [
            choice(f"🔈 {percent}%", _set(track, "volume", percent), chosen=track.volume == percent)
            for percent in VOLUMES
        ],
        [
            button(_("▶️ Listen"), music_callbacks.HearMusic(project=project.id)),
            button(repeat, _set(track, "loop", int(not track.loops))),
        ],
        [
            button(_("🎵 Other music"), music_callbacks.OtherMusic(project=project.id)),
            button(_("🗑 No music"), music_callbacks.RemoveMusic(project=project.id)),
        ],
        [_to_project(project)],
    )
    return View(paragraphs(_title(project), facts), keyboard)


def asks_start_view(track: Soundtrack) -> View:
    text = _("⏱ From where shall it play? Send me minutes and seconds, like 0:25. It is {length} long.")
    return View(text.format(length=clock(track.seconds)))


def _start_row(track: Soundtrack) -> list[Button]:
    start, last = int(track.start_s), max(0, int(track.seconds) - 1)
    typed = music_callbacks.TypeStart(project=track.project_id)
    earlier = button(f"−{seconds(STEP_SECONDS)}", _set(track, "start", max(0, start - STEP_SECONDS)))
    later = button(f"+{seconds(STEP_SECONDS)}", _set(track, "start", min(last, start + STEP_SECONDS)))
    middle = button(_("⏱ from {start}").format(start=clock(track.start_s)), typed)
    return [earlier, middle, later]


def _fade(which: str, sign: str, value: float, track: Soundtrack, now: float) -> Button:
    return choice(f"{sign} {seconds(value)}", _set(track, which, int(value)), chosen=now == value)


def _set(track: Soundtrack, what: str, value: int) -> music_callbacks.SetMusic:
    return music_callbacks.SetMusic.model_validate({"project": track.project_id, "what": what, "value": value})


def _title(project: Project) -> str:
    return _("🎵 <b>Music for {project}</b>").format(project=project_html(project))


def _to_project(project: Project) -> Button:
    name = shortened(project_name(project), _NAME_ON_BUTTON)
    return button(f"‹ {name}", callbacks.OpenProject(project=project.id))
