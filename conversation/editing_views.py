"""Editing a project: its clips as one numbered picture, one clip with what can be done to it, and its takes."""

from __future__ import annotations

from typing import Final

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.project_views import where_approved
from conversation.view import Button, View, button, choice, in_rows_of, lines, paragraphs, rows, theirs
from conversation.wording import clips, project_html, seconds
from services.editing import CAPTION_LIMIT, ClipView
from services.projects import Placed, ProjectView
from storage.tables import Project

PAGE: Final = 10
"""As many as fit on one picture."""
PLACES: Final = 40
"""Places to a page where a clip is moved: eight rows of five."""


def clips_view(view: ProjectView, page: int = 0) -> View:
    """Under the picture of a page of clips."""
    project = view.project
    title = f"🎞 <b>{project_html(project)}</b>"
    if not view.clips:
        empty = _("There are no clips in it yet. Approve one and it comes here.")
        return View(paragraphs(title, empty, where_approved(view.current, project)), rows(_to_project(project)))
    facts = " · ".join([clips(len(view.clips)), seconds(view.summary.seconds)])
    numbers = [
        button(str(placed.clip.position), callbacks.OpenClip(project=project.id, draft=placed.clip.draft_id))
        for placed in shown_clips(view, page)
    ]
    text = paragraphs(
        lines(title, facts), _("Tap a number to change that clip."), where_approved(view.current, project)
    )
    return View(text, rows(*in_rows_of(5, numbers), _pager(view, page), _transitions(view, page), _to_project(project)))


def shown_clips(view: ProjectView, page: int) -> list[Placed]:
    first = clips_page(view, page) * PAGE
    return list(view.clips[first : first + PAGE])


def clips_page(view: ProjectView, page: int) -> int:
    """The page, or the last one there is."""
    return max(0, min(page, (len(view.clips) - 1) // PAGE))


def clip_view(view: ClipView) -> View:
    """Under a clip of a project."""
    project, clip, draft = view.project.id, view.clip, view.clip.draft_id
    at, taken = clip.position, len(view.takes)
    moves = [
        *([button("⬆️", callbacks.MoveClip(project=project, draft=draft, seen=at, to=at - 1))] if at > 1 else []),
        *(
            [button("⬇️", callbacks.MoveClip(project=project, draft=draft, seen=at, to=at + 1))]
            if at < view.clips
            else []
        ),
        *([button(_("↕️ Move to…"), callbacks.PlaceClip(project=project, draft=draft))] if view.clips > 2 else []),
    ]
    takes = ngettext("🎬 {count} take", "🎬 {count} takes", taken).format(count=taken)
    compare = [button(takes, callbacks.CompareTakes(project=project, draft=draft))] if taken > 1 else []
    again = button(_("🔁 New take"), callbacks.NewTake(project=project, draft=draft))
    write = button(_("💬 Caption"), callbacks.CaptionClip(project=project, draft=draft))
    clear = [button(_("✖️ No caption"), callbacks.ClearCaption(project=project, draft=draft))] if clip.caption else []
    remove = button(_("🗑 Take it out"), callbacks.RemoveClip(project=project, draft=draft))
    back = button(_("‹ All clips"), callbacks.OpenClips(project=project, page=(at - 1) // PAGE))
    return View(_about(view), rows(moves, [*compare, again], [write, *clear], [remove, back]))


def moved_text(was: int, now: int) -> str:
    """In answer to a move: what stands where."""
    if abs(was - now) == 1:
        return _("✓ Clips {was} and {now} have changed places.").format(was=was, now=now)
    if now < was:
        text = _("✓ Clip {was} is clip {now} now; {now} to {last} are one place later.")
        return text.format(was=was, now=now, last=was - 1)
    text = _("✓ Clip {was} is clip {now} now; {first} to {now} are one place earlier.")
    return text.format(was=was, now=now, first=was + 1)


def places_view(view: ClipView, page: int = 0) -> View:
    """The same clip, with a button for each place it could stand."""
    project, draft, at = view.project.id, view.clip.draft_id, view.clip.position
    page = max(0, min(page, (view.clips - 1) // PLACES))
    first, last = page * PLACES + 1, min((page + 1) * PLACES, view.clips)
    places = [
        choice(str(to), callbacks.MoveClip(project=project, draft=draft, seen=at, to=to), chosen=to == at)
        for to in range(first, last + 1)
    ]
    earlier = [button("‹", callbacks.PlaceClip(project=project, draft=draft, page=page - 1))] if page > 0 else []
    more = [button("›", callbacks.PlaceClip(project=project, draft=draft, page=page + 1))] if last < view.clips else []
    back = button(_("‹ Back"), callbacks.OpenClip(project=project, draft=draft))
    text = paragraphs(_about(view), _("Which place should it have?"))
    return View(text, rows(*in_rows_of(5, places), [*earlier, *more], [back]))


def takes_view(view: ClipView) -> View:
    """Below the takes of a clip: which of them is to stand in the project."""
    project, draft = view.project.id, view.clip.draft_id
    each = [
        choice(
            str(take.number),
            callbacks.UseTake(project=project, draft=draft, take=take.id),
            chosen=take.id == view.take.id,
        )
        for take in view.takes
    ]
    text = _("Which take should be clip {position} of <b>{project}</b>?")
    back = button(_("‹ Back"), callbacks.OpenClip(project=project, draft=draft))
    asked = text.format(position=view.clip.position, project=project_html(view.project))
    return View(asked, rows(*in_rows_of(5, each), [back]))


def take_captions(view: ClipView) -> dict[int, str]:
    """By take."""
    return {take.id: _("Take {number}").format(number=take.number) for take in view.takes}


def asks_caption_view(view: ClipView) -> View:
    text = _("💬 Send me the caption for clip {position} of <b>{project}</b>, up to {limit} characters.")
    facts = {"position": view.clip.position, "project": project_html(view.project), "limit": CAPTION_LIMIT}
    return View(text.format(**facts))


def captioned_view(project_id: int, draft_id: int) -> View:
    text = _("✓ The caption is shown while the clip plays.")
    back = button(_("🎞 To the clip"), callbacks.OpenClip(project=project_id, draft=draft_id))
    return View(text, rows([back]))


def _about(view: ClipView) -> str:
    title = _("🎞 <b>{project}</b> · clip {position} of {count}")
    facts = {"project": project_html(view.project), "position": view.clip.position, "count": view.clips}
    caption = theirs(view.clip.caption, CAPTION_LIMIT * 2) if view.clip.caption else None
    take = _("Take {number}").format(number=view.take.number) if len(view.takes) > 1 else None
    length = " · ".join(filter(None, [take, seconds(view.take.seconds)]))
    return paragraphs(title.format(**facts), f"<i>{caption}</i>" if caption else None, length)


def _pager(view: ProjectView, page: int) -> list[Button]:
    page, project = clips_page(view, page), view.project.id
    back = [button("‹", callbacks.OpenClips(project=project, page=page - 1))] if page > 0 else []
    there_is_more = (page + 1) * PAGE < len(view.clips)
    return back + ([button("›", callbacks.OpenClips(project=project, page=page + 1))] if there_is_more else [])


def _transitions(view: ProjectView, page: int) -> list[Button]:
    """How one clip gives way to the next, where there is a next one."""
    if len(view.clips) < 2:
        return []
    project = view.project

    def one(label: str, transition: callbacks.Transition) -> Button:
        tap = callbacks.ChooseTransition(project=project.id, transition=transition, page=clips_page(view, page))
        return choice(label, tap, chosen=project.transition == transition)

    return [one(_("Cut"), "cut"), one(_("Fade"), "fade"), one(_("Cross-fade"), "cross")]


def _to_project(project: Project) -> list[Button]:
    return [button(_("‹ Project"), callbacks.OpenProject(project=project.id))]
