"""What the buttons of the clips of a project carry."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id


class OpenClips(CallbackData, prefix="ea"):
    """The clips of a project, ten to a page."""

    project: Id
    page: Count = 0


class OpenClip(CallbackData, prefix="eo"):
    """One place in a project, by the draft whose take stands there: takes change, and so do numbers."""

    project: Id
    draft: Id


class MoveClip(CallbackData, prefix="em"):
    """From place `seen`, where it stood when the button was made, to place `to`; from elsewhere it is not moved."""

    project: Id
    draft: Id
    seen: Count
    to: Count


class PlaceClip(CallbackData, prefix="ep"):
    """Where a clip should stand; `page`: of the places there are."""

    project: Id
    draft: Id
    page: Count = 0


class CompareTakes(CallbackData, prefix="et"):
    project: Id
    draft: Id


class UseTake(CallbackData, prefix="eu"):
    project: Id
    draft: Id
    take: Id


class CaptionClip(CallbackData, prefix="en"):
    """The next text is this clip's caption."""

    project: Id
    draft: Id


class ClearCaption(CallbackData, prefix="ex"):
    project: Id
    draft: Id


class NewTake(CallbackData, prefix="eg"):
    project: Id
    draft: Id


class RemoveClip(CallbackData, prefix="er"):
    project: Id
    draft: Id
