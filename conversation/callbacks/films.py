"""What the buttons of a film carry."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id, Transition


class OpenFilm(CallbackData, prefix="fo"):
    """To how the film of a project could be made."""

    project: Id


class ChooseFilm(CallbackData, prefix="fc"):
    """How somebody would like their film. What is not on offer is refused where it is used."""

    project: Id
    height: Count
    transition: Transition
    music: bool
    title: bool


class MakeFilm(CallbackData, prefix="fm"):
    """As in ChooseFilm."""

    project: Id
    height: Count
    transition: Transition
    music: bool
    title: bool


class CancelFilm(CallbackData, prefix="fx"):
    film: Id


class LinkToFilm(CallbackData, prefix="fl"):
    """A new link to a film that is too large to be sent."""

    film: Id
