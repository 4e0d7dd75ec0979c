"""Projects: the list, one of them, and the questions about their names."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup

from conversation import callbacks
from conversation.callbacks import music as music_callbacks
from conversation.i18n import gettext as _
from conversation.view import Button, View, app_button, button, in_rows_of, lines, paragraphs, rows
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
    current = projects[0].project if projects[0].current else None
    text = paragraphs(_("📁 <b>Your projects</b>"), where_approved(current))
    listed = [[button(_label(one), callbacks.OpenProject(project=one.project.id))] for one in shown]
    return View(text, rows(*listed, _pager(page, len(projects)), [start]))


def project_view(view: ProjectView) -> View:
    summary, project = view.summary, view.summary.project
    facts = " · ".join([clips(summary.clips), seconds(summary.seconds)]) if summary.clips else _("no clips yet")
    done = _("🏁 Completed") if project.completed_at is not None else None
    keyboard = rows(
        [app_button(_("▶️ Watch"), view.watch)] if view.watch and view.takes else [],
        _clips_row(project) if view.takes else [],
        _making_row(project) if view.takes else [],
        [button(_("📤 Share"), callbacks.ShareProject(project=project.id))] if view.takes else [],
        *_care_rows(view),
        [button(_("‹ All projects"), callbacks.ProjectsPage(page=0))],
    )
    title = f"📁 <b>{project_html(project)}</b>"
    return View(paragraphs(title, lines(facts, done), where_approved(view.current, project)), keyboard)


def where_approved(current: Project | None, shown: Project | None = None) -> str:
    """The current project by its name; `shown`: the one the message is about."""
    if current is None:
        return _("The next clip you approve starts a new project.")
    if shown is not None and current.id == shown.id:
        return _("Approved clips go here.")
    return _("Approved clips go to <b>{project}</b>.").format(project=project_html(current))


def _clips_row(project: Project) -> list[Button]:
    play = button(_("▶️ Play the clips"), callbacks.PlayProject(project=project.id))
    return [play, button(_("🎞 Clips"), callbacks.OpenClips(project=project.id))]


def _making_row(project: Project) -> list[Button]:
    music = button(_("🎵 Music"), music_callbacks.OpenMusic(project=project.id))
    return [music, button(_("🎬 Make the film"), callbacks.OpenFilm(project=project.id))]


def _care_rows(view: ProjectView) -> list[list[Button]]:
    """Its name, whether it is current or completed, a copy, and its end."""
    project, clips_ = view.project, bool(view.clips)
    name = button(_("✏️ Rename") if project.name else _("✏️ Name it"), callbacks.NameProject(project=project.id))
    use = button(_("✓ Use this one"), callbacks.ChooseProject(project=project.id))
    again = button(_("↩️ Open again"), callbacks.ReopenProject(project=project.id))
    complete = button(_("🏁 Completed"), callbacks.CompleteProject(project=project.id))
    copy = button(_("📑 Duplicate"), callbacks.DuplicateProject(project=project.id, number=view.copy_number))
    delete = button(_("🗑 Delete"), callbacks.DeleteProject(project=project.id))
    if project.completed_at is not None:
        return in_rows_of(2, [name, again, *([copy] if clips_ else []), delete])
    unless_current = [] if view.summary.current else [use]
    # Not three to a row: on a phone their words would be broken.
    return in_rows_of(2, [name, *unless_current, *([complete, copy] if clips_ else []), delete])


def deleted_view(project: Project, current: Project | None) -> View:
    text = _("🗑 <b>{project}</b> is deleted. In a minute its photos and clips are gone for good.")
    undo = button(_("↩️ Bring it back"), callbacks.BringProjectBack(project=project.id))
    everything = button(_("‹ All projects"), callbacks.ProjectsPage(page=0))
    return View(
        paragraphs(text.format(project=project_html(project)), where_approved(current)), rows([undo], [everything])
    )


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
    mark = "✓ " if one.current else "🏁 " if one.project.completed_at is not None else ""
    return f"{mark}{project_name(one.project)} · {clips(one.clips)}"


def _pager(page: int, count: int) -> list[Button]:
    back = [button("‹", callbacks.ProjectsPage(page=page - 1))] if page > 0 else []
    more = [button("›", callbacks.ProjectsPage(page=page + 1))] if (page + 1) * PAGE < count else []
    return back + more
