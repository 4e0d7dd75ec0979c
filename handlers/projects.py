"""/projects and /new: the list, one project, its name, and playing it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.notifier import Notifier
from conversation.project_views import asks_name_view, project_view, projects_view, started_view
from handlers.manners import Tap
from handlers.showing import say, show, tell
from services.desk import Services
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
    return made
