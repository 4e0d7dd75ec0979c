"""Projects: the list, one of them, and the questions about their names."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.view import Button, View, app_button, button, paragraphs, rows
from conversation.wording import clips, project_html, project_name, seconds
from services.projects import ProjectSummary, ProjectView
from storage.tables import Project

PAGE = 8


def projects_view(projects: list[ProjectSummary], page: int = 0) -> View:
    """A button a project, the current one first."""
    start = button(_("➕ New project"), callbacks.StartProject())
    if not projects:
        text = _(
            "📁 <b>You have no project yet</b>\n\nApprove a clip and I'll start one for it. Send me a photo to begin."
        )
        return View(text, rows([start]))
    page = min(page, (len(projects) - 1) // PAGE)
    shown = projects[page * PAGE : (page + 1) * PAGE]
    text = paragraphs(_("📁 <b>Your projects</b>"), _("Approved clips go to the one marked ✓."))
    listed = [[button(_label(one), callbacks.OpenProject(project=one.project.id))] for one in shown]
    return View(text, rows(*listed, _pager(page, len(projects)), [start]))


def project_view(view: ProjectView) -> View:
    summary, project = view.summary, view.summary.project
    facts = " · ".join([clips(summary.clips), seconds(summary.seconds)]) if summary.clips else _("no clips yet")
    where = _("Approved clips go here.") if summary.current else None
    keyboard = rows(
        [app_button(_("▶️ Watch"), view.watch)] if view.watch and view.takes else [],
        [button(_("▶️ Play the clips"), callbacks.PlayProject(project=project.id))] if view.takes else [],
        [button(_("✏️ Rename") if project.name else _("✏️ Name it"), callbacks.NameProject(project=project.id))],
        [] if summary.current else [button(_("✓ Use this one"), callbacks.ChooseProject(project=project.id))],
        [button(_("‹ All projects"), callbacks.ProjectsPage(page=0))],
    )
    return View(paragraphs(f"📁 <b>{project_html(project)}</b>", facts, where), keyboard)


def started_view(project: Project) -> View:
    text = _("📁 <b>{project}</b> is ready. Clips you approve go there now. Send me a photo!")
    return View(text.format(project=project_html(project)), _name_it(project))


def first_clip_view(project: Project) -> View:
    """After the first approval made a project."""
    text = _("🎉 Your first clip is in <b>{project}</b>. Would you like to give the project a name?")
    return View(text.format(project=project_html(project)), _name_it(project))


def asks_name_view(project: Project) -> View:
    text = _("✏️ Send me the new name for <b>{project}</b>.")
    return View(text.format(project=project_html(project)))


def renamed_text(project: Project) -> str:
    return _("✓ The project is called <b>{project}</b> now.").format(project=project_html(project))


def _name_it(project: Project) -> InlineKeyboardMarkup:
    return rows([button(_("✏️ Name it"), callbacks.NameProject(project=project.id))])


def _label(one: ProjectSummary) -> str:
    mark = "✓ " if one.current else ""
    return f"{mark}{project_name(one.project)} · {clips(one.clips)}"


def _pager(page: int, count: int) -> list[Button]:
    back = [button("‹", callbacks.ProjectsPage(page=page - 1))] if page > 0 else []
    more = [button("›", callbacks.ProjectsPage(page=page + 1))] if (page + 1) * PAGE < count else []
    return back + more
