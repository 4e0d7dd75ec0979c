"""/projects and /new: the list, one project, its name, and playing it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from conversation.project_views import asks_name_view, deleted_view, project_view, projects_view, started_view
from handlers.manners import Tap
from handlers.showing import say, show, tell
from services.desk import Services
from services.errors import AlreadyDone
from storage.tables import User


async def projects(message: Message, user: User, services: Services) -> None:
    await say(message, projects_view(await services.projects.list(user.id)))


async def page(
    callback: CallbackQuery, callback_data: callbacks.ProjectsPage, user: User, services: Services, tap: Tap
) -> None:
    view = projects_view(await services.projects.list(user.id), callback_data.page)
    await tap.answer()
    await show(callback, view)


async def new(message: Message, user: User, services: Services) -> None:
    await say(message, started_view(await services.projects.start(user.id)))


async def start_project(callback: CallbackQuery, user: User, services: Services, tap: Tap) -> None:
    project = await services.projects.start(user.id)
    await tap.answer()
    await show(callback, started_view(project))


async def open_project(
    callback: CallbackQuery, callback_data: callbacks.OpenProject, user: User, services: Services, tap: Tap
) -> None:
    view = project_view(await services.projects.view(user.id, callback_data.project))
    await tap.answer()
    await show(callback, view)


async def play(
    _callback: CallbackQuery,
    callback_data: callbacks.PlayProject,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    view = await services.projects.view(user.id, callback_data.project)
    await tap.answer("" if view.takes else _("There are no clips in it yet."))
    await notifier.send_project(user, view)


async def ask_name(
    callback: CallbackQuery, callback_data: callbacks.NameProject, user: User, services: Services, tap: Tap
) -> None:
    await services.projects.expect_name(user.id, callback_data.project)
    view = await services.projects.view(user.id, callback_data.project)
    await tap.answer()
    await tell(callback, asks_name_view(view.summary.project))


async def choose(
    callback: CallbackQuery, callback_data: callbacks.ChooseProject, user: User, services: Services, tap: Tap
) -> None:
    await services.projects.choose(user.id, callback_data.project)
    view = project_view(await services.projects.view(user.id, callback_data.project))
    await tap.answer(_("✓ Approved clips go here now"))
    await show(callback, view)


async def reopen(
    callback: CallbackQuery, callback_data: callbacks.ReopenProject, user: User, services: Services, tap: Tap
) -> None:
    await services.projects.choose(user.id, callback_data.project)
    await tap.answer(_("✓ Open again: approved clips go here now"))
    await show(callback, project_view(await services.projects.view(user.id, callback_data.project)))


async def complete(
    callback: CallbackQuery, callback_data: callbacks.CompleteProject, user: User, services: Services, tap: Tap
) -> None:
    await services.projects.complete(user.id, callback_data.project)
    await tap.answer(_("🏁 Completed: no more clips go into it"))
    await show(callback, project_view(await services.projects.view(user.id, callback_data.project)))


async def duplicate(
    callback: CallbackQuery, callback_data: callbacks.DuplicateProject, user: User, services: Services, tap: Tap
) -> None:
    """The copy gets a message of its own; the button it came of makes the next one."""
    copy = None
    try:
        copy = await services.projects.duplicate(user.id, callback_data.project, callback_data.number)
    except AlreadyDone:
        await tap.answer(_("Tap once more to make another copy."))
    await tap.answer(_("✓ Here is the copy"))
    await show(callback, project_view(await services.projects.view(user.id, callback_data.project)))
    if copy:
        await tell(callback, project_view(await services.projects.view(user.id, copy.id)))


async def delete(
    callback: CallbackQuery, callback_data: callbacks.DeleteProject, user: User, services: Services, tap: Tap
) -> None:
    project, current = await services.projects.delete(user.id, callback_data.project)
    await tap.answer()
    await show(callback, deleted_view(project, current))


async def bring_back(
    callback: CallbackQuery, callback_data: callbacks.BringProjectBack, user: User, services: Services, tap: Tap
) -> None:
    await services.projects.bring_back(user.id, callback_data.project)
    await tap.answer(_("✓ It's back"))
    await show(callback, project_view(await services.projects.view(user.id, callback_data.project)))


async def choose_transition(
    _callback: CallbackQuery,
    callback_data: callbacks.ChooseTransition,
    user: User,
    services: Services,
    notifier: Notifier,
    tap: Tap,
) -> None:
    await services.projects.choose_transition(user.id, callback_data.project, callback_data.transition)
    await tap.answer()
    await notifier.clips.show_all(user, callback_data.project, callback_data.page, at=tap.message_id)


def router() -> Router:
    made = Router(name="projects")
    made.message.register(projects, Command("projects"))
    made.message.register(new, Command("new"))
    made.callback_query.register(page, callbacks.ProjectsPage.filter())
    made.callback_query.register(start_project, callbacks.StartProject.filter())
    made.callback_query.register(open_project, callbacks.OpenProject.filter())
    made.callback_query.register(play, callbacks.PlayProject.filter())
    made.callback_query.register(ask_name, callbacks.NameProject.filter())
    made.callback_query.register(choose, callbacks.ChooseProject.filter())
    made.callback_query.register(reopen, callbacks.ReopenProject.filter())
    made.callback_query.register(complete, callbacks.CompleteProject.filter())
    made.callback_query.register(duplicate, callbacks.DuplicateProject.filter())
    made.callback_query.register(delete, callbacks.DeleteProject.filter())
    made.callback_query.register(bring_back, callbacks.BringProjectBack.filter())
    made.callback_query.register(choose_transition, callbacks.ChooseTransition.filter())
    return made
