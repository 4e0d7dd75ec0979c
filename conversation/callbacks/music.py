"""What the buttons of a project's music carry. As `callbacks`, whose prefixes are others."""

from __future__ import annotations

from typing import Literal

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id
from media.music.made import Mood


class OpenMusic(CallbackData, prefix="uo"):
    project: Id


class OtherMusic(CallbackData, prefix="uy"):
    """To what can be chosen, though there is music."""

    project: Id


class ShowMood(CallbackData, prefix="um"):
    project: Id
    mood: Mood


class HearMade(CallbackData, prefix="uh"):
    project: Id
    mood: Mood
    seconds: Count


class UseMade(CallbackData, prefix="uc"):
    project: Id
    mood: Mood
    seconds: Count


class SendMusic(CallbackData, prefix="uw"):
    """The next recording is the project's music."""

    project: Id


class UseSent(CallbackData, prefix="uk"):
    """The recording that the button's message answers."""

    project: Id


class HearMusic(CallbackData, prefix="ul"):
    project: Id


class SetMusic(CallbackData, prefix="us"):
    """`value`: seconds; percent for the volume; 1 or 0 for whether it repeats. The same tap twice changes nothing."""

    project: Id
    what: Literal["start", "in", "out", "volume", "loop"]
    value: Count


class TypeStart(CallbackData, prefix="ut"):
    """The next text says where it starts."""

    project: Id


class RemoveMusic(CallbackData, prefix="ur"):
    project: Id
