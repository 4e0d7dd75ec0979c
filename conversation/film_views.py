"""Films: how somebody would like one, how its making goes, and the message it arrives with."""

from __future__ import annotations

from dataclasses import replace

from conversation import callbacks
from conversation.errors import why_it_failed
from conversation.i18n import gettext as _
from conversation.progress import progress
from conversation.view import Button, View, button, choice, lines, paragraphs, rows
from conversation.wording import clips, project_html, seconds, transition
from providers.base import FailureReason
from services.films.films import FilmOffer, FilmView
from services.films.options import HEIGHTS, TRANSITIONS, FilmOptions
from services.jobs import states
from storage.tables import Project


def film_offer_view(offer: FilmOffer) -> View:
    """What can be chosen, and the button that makes it."""
    options, project = offer.options, offer.project
    text = paragraphs(
        _("🎬 <b>The film of “{project}”</b>").format(project=project_html(project)),
        " · ".join([clips(offer.clips), seconds(offer.seconds)]),
        _("All clips in one video, in their order. It costs nothing. How would you like it?"),
    )
    label = _("🎬 Make the film") if offer.known is None else _("🎬 Send it again")
    if offer.known is not None and offer.known.video_key is None:
        label = _("🎬 See how it goes")
    keyboard = rows(
        [_option(f"{one}p", project, options, height=one) for one in HEIGHTS],
        [_option(transition(one), project, options, transition=one) for one in TRANSITIONS],
        _music_row(offer) if offer.has_music else [],
        _title_row(offer) if project.name else [],
        [button(label, _make(project.id, options))],
        [_back(project)],
    )
    return View(text, keyboard)


def film_card_view(view: FilmView) -> View:
    """The card a film has while it is made, and how that ended."""
    title = _("🎬 <b>The film of “{project}”</b>").format(project=project_html(view.project))
    if view.work.live:
        going = _("📦 Almost there: checking the film…") if view.work.state == states.STORING else progress(view.work)
        cancel = button(_("✖️ Cancel"), callbacks.CancelFilm(film=view.film.id))
        text = paragraphs(title, going, _facts(view.options))
        return View(text, None if view.work.cancelling else rows([cancel]))
    if view.work.state == states.SUCCEEDED:
        return View(_("✅ Done. Your film is below 👇"), rows([_back(view.project)]))
    news = _("⏹ Cancelled.")
    if view.work.state == states.FAILED:
        news = _("⚠️ {why}").format(why=why_film_failed(view.work.failure_reason))
    again = button(_("🔁 Try again"), callbacks.ChooseFilm(project=view.project.id, **_choices(view.options)))
    return View(paragraphs(title, news), rows([again], [_back(view.project)]))


def film_view(view: FilmView) -> View:
    """The caption of a film that is there."""
    title = f"🎬 <b>{project_html(view.project)}</b>"
    facts = " · ".join([seconds(view.film.seconds or 0), _facts(view.options)])
    return View(lines(title, facts), rows([_back(view.project)]))


def film_failed_view(view: FilmView) -> View:
    """The message that tells of a film that was not to be; the card above can be tried again."""
    text = _("⚠️ I couldn't make the film of “{project}”. {why}")
    why = why_film_failed(view.work.failure_reason)
    return View(text.format(project=project_html(view.project), why=why))


def why_film_failed(reason: str | None) -> str:
    """Plain text."""
    if reason == FailureReason.BAD_INPUT:
        return _("A clip or the music was changed or removed meanwhile: make the film once more.")
    if reason == FailureReason.BAD_RESULT:
        return _("The film came out broken, so I threw it away: try again.")
    return why_it_failed(reason if reason == FailureReason.TIMED_OUT else FailureReason.INTERNAL)


def _facts(options: FilmOptions) -> str:
    music = _("music") if options.music else None
    return " · ".join(filter(None, [f"{options.height}p", transition(options.transition), music]))


def _music_row(offer: FilmOffer) -> list[Button]:
    return [
        _option(_("🎵 With music"), offer.project, offer.options, music=True),
        _option(_("🔇 Without"), offer.project, offer.options, music=False),
    ]


def _title_row(offer: FilmOffer) -> list[Button]:
    return [
        _option(_("🏷 Name first"), offer.project, offer.options, title=True),
        _option(_("No name"), offer.project, offer.options, title=False),
    ]


def _option(text: str, project: Project, options: FilmOptions, **change: int | str) -> Button:
    changed = replace(options, **change)  # type: ignore[arg-type]  # each of them is a field of the options
    return choice(text, callbacks.ChooseFilm(project=project.id, **_choices(changed)), chosen=changed == options)


def _make(project_id: int, options: FilmOptions) -> callbacks.MakeFilm:
    return callbacks.MakeFilm(project=project_id, **_choices(options))


def _choices(options: FilmOptions) -> dict[str, int | str | bool]:
    return options.as_json()


def _back(project: Project) -> Button:
    return button(_("📁 Open project"), callbacks.OpenProject(project=project.id))
