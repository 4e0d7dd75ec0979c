"""Small things said in many places: credits, seconds, shapes, a bar."""

from __future__ import annotations

import html

from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import one_line, shortened
from providers.base import Shape
from storage.tables import Project

BAR_LENGTH = 10
SHAPE_MARKS: dict[str, str] = {"16:9": "▭", "9:16": "▯", "1:1": "◻️"}
NAME_SHOWN = 64
MAKERS: dict[str, str] = {
    "film": "Echoes",
    "local": "Echoes",
    "modal": "Modal",
    "openrouter": "OpenRouter",
    "runpod": "RunPod",
    "runway": "Runway",
}


def credits_(count: int) -> str:
    return ngettext("{count} credit", "{count} credits", count).format(count=count)


def seconds(count: float) -> str:
    """Short, for buttons and facts: `5 s`."""
    return _("{count} s").format(count=round(count))


def maker(provider: str) -> str:
    """A vendor's name as it writes it itself; ours is the bot's."""
    return MAKERS.get(provider, provider)


def clips(count: int) -> str:
    return ngettext("{count} clip", "{count} clips", count).format(count=count)


def shape(value: Shape | str) -> str:
    return f"{SHAPE_MARKS.get(value, '')} {value}".strip()


def transition(kind: str) -> str:
    """How one clip gives way to the next, for buttons and facts."""
    names = {"cut": _("Cut"), "fade": _("Fade"), "cross": _("Cross-fade")}
    return names.get(kind, kind)


def bar(progress: float) -> str:
    """`▰▰▰▰▱▱▱▱▱▱ 42 %`; 100 % only for what is done."""
    done = min(max(progress, 0.0), 1.0)
    full = int(done * BAR_LENGTH)
    return f"{'▰' * full}{'▱' * (BAR_LENGTH - full)} {int(done * 100)} %"


def time_left(left_s: float) -> str:
    """Rounded as people would: nobody believes "37 s left"."""
    if left_s >= 90:
        minutes = round(left_s / 60)
        return ngettext("about {count} minute left", "about {count} minutes left", minutes).format(count=minutes)
    step = 5 if left_s >= 10 else 1
    return _("about {count} s left").format(count=max(step, round(left_s / step) * step))


def project_name(project: Project) -> str:
    """For buttons. In HTML use `project_html`."""
    if project.name:
        return shortened(one_line(project.name), NAME_SHOWN)
    return _("Project {number}").format(number=project.number)


def project_html(project: Project) -> str:
    return html.escape(project_name(project), quote=False)
