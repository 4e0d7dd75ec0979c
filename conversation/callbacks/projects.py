"""What the buttons of the list of projects and one of them carry."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id, Transition


class OpenProject(CallbackData, prefix="po"):
    project: Id


class PlayProject(CallbackData, prefix="pp"):
    project: Id


class NameProject(CallbackData, prefix="pn"):
    project: Id


class ShareProject(CallbackData, prefix="ph"):
    project: Id


class StopSharing(CallbackData, prefix="pz"):
    project: Id


class ChooseProject(CallbackData, prefix="pc"):
    project: Id


class CompleteProject(CallbackData, prefix="pd"):
    project: Id


class ReopenProject(CallbackData, prefix="pr"):
    project: Id


class DuplicateProject(CallbackData, prefix="px"):
    """`number`: what the copy would be called; where a project has it already, there is a copy or another one."""

    project: Id
    number: Count


class DeleteProject(CallbackData, prefix="pk"):
    project: Id


class BringProjectBack(CallbackData, prefix="pu"):
    """For a minute after it was deleted."""

    project: Id


class ChooseTransition(CallbackData, prefix="pt"):
    project: Id
    transition: Transition
    page: Count


class ProjectsPage(CallbackData, prefix="pl"):
    page: Count


class StartProject(CallbackData, prefix="ps"):
    pass
