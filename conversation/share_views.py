"""Sharing a project: the card with its links, what is sent on, and what somebody with the link sees."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aiogram.types import (
    CopyTextButton,
    InlineQueryResultArticle,
    InlineQueryResultCachedVideo,
    InputTextMessageContent,
    LinkPreviewOptions,
    SwitchInlineQueryChosenChat,
)

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.invite_views import TELEGRAM
from conversation.view import Button, View, button, lines, one_line, paragraphs, rows, shortened, theirs, url_button
from conversation.wording import clips, credits_, project_html, project_name, seconds
from services.arrivals import SHARED_PROJECT
from services.sharing import SharedProject, ShareFacts
from storage.tables import Project

NAME_SHOWN: Final = 64

Results = list[InlineQueryResultCachedVideo | InlineQueryResultArticle]


def share_link(username: str, token: str) -> str:
    """Opens the bot, which plays the project there."""
    return f"{TELEGRAM}/{username}?start={SHARED_PROJECT}{token}"


def token_in(text: str) -> str | None:
    """The token of a project somebody's inline query names, as the card's button does."""
    asked = text.strip()
    return asked.removeprefix(SHARED_PROJECT) if asked.startswith(SHARED_PROJECT) else None


def share_view(facts: ShareFacts, link: str, *, inline: bool) -> View:
    """The caption of the QR card. `inline`: whether the bot may be asked from other chats."""
    title = _("📤 <b>{project}</b> is shared").format(project=project_html(facts.project))
    who = _("Whoever has the link can watch it, and sees your first name. It is listed nowhere.")
    where = lines(
        _("In Telegram: {link}").format(link=link),
        _("Anywhere: {link}").format(link=facts.address) if facts.address else None,
    )
    project = facts.project.id
    keyboard = rows(
        [_send(facts, link, inline=inline)],
        [Button(text=_("📋 Copy the link"), copy_text=CopyTextButton(text=facts.address or link))],
        [button(_("⏹ Stop sharing"), callbacks.StopSharing(project=project))],
        [button(_("📁 Open project"), callbacks.OpenProject(project=project))],
    )
    return View(paragraphs(title, who, where, _came(facts)), keyboard)


def stopped_view(project: Project) -> View:
    text = _(
        "⏹ <b>{project}</b> is no longer shared: its link leads nowhere now. Share it again, and it gets a new one."
    )
    keyboard = rows(
        [button(_("📤 Share again"), callbacks.ShareProject(project=project.id))],
        [button(_("📁 Open project"), callbacks.OpenProject(project=project.id))],
    )
    return View(text.format(project=project_html(project)), keyboard)


def opening_view(shown: SharedProject) -> View:
    """Before it is played to somebody who has the link."""
    by = _("by {name}").format(name=theirs(shown.sharer.first_name, NAME_SHOWN))
    facts = " · ".join([by, clips(len(shown.takes)), seconds(shown.seconds)])
    return View(lines(f"🎞 <b>{project_html(shown.project)}</b>", facts))


def played_view(shown: SharedProject) -> View:
    """After it was played."""
    text = _("✨ All of that was made from photos. Send me one of yours, and I'll make it move.")
    make = button(_("🎬 Make your own"), callbacks.MakeOwn())
    watch = [url_button(_("▶️ Watch in the player"), shown.address)] if shown.address else []
    return View(text, rows([make], watch))


def not_shared_view() -> View:
    """The link is unknown, or its owner took it back; there is no telling which."""
    return View(_("🙈 This film isn't shared any more. Make one of your own: just send me a photo!"))


def shared_results(shown: SharedProject, link: str) -> Results:
    """What is offered in whatever chat its owner is in: the film itself where there is one, else a way to watch it."""
    title = shortened(project_name(shown.project), NAME_SHOWN)
    text = lines(
        f"🎞 <b>{project_html(shown.project)}</b>",
        _("by {name}").format(name=theirs(shown.sharer.first_name, NAME_SHOWN)),
    )
    browser = [url_button(_("🌐 In the browser"), shown.address)] if shown.address else []
    keyboard = rows([url_button(_("▶️ Watch"), link), *browser])
    article = InlineQueryResultArticle(
        id="link",
        title=title,
        description=_("Sends a message with the link"),
        input_message_content=InputTextMessageContent(message_text=text, link_preview_options=_preview(shown)),
        reply_markup=keyboard,
    )
    if shown.film is None or not shown.film.video_file_id:
        return [article]
    video = InlineQueryResultCachedVideo(
        id="film",
        video_file_id=shown.film.video_file_id,
        title=title,
        description=_("Sends the film itself"),
        caption=text,
        reply_markup=rows([url_button(_("🎬 Make your own"), link)]),
    )
    return [video, article]


def _preview(shown: SharedProject) -> LinkPreviewOptions:
    """With the picture of the player's page."""
    if shown.address is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(is_disabled=False, url=shown.address, prefer_large_media=True)


def _came(facts: ShareFacts) -> str | None:
    if not facts.newcomers:
        promise = _("You get {credits} for each new person who comes by it.")
        return promise.format(credits=credits_(facts.each)) if facts.each else None
    came = ngettext("{count} new person came by it.", "{count} new people came by it.", facts.newcomers)
    got = _("You got {credits} for that.").format(credits=credits_(facts.earned)) if facts.earned else ""
    return f"{came.format(count=facts.newcomers)} {got}".rstrip()


def _send(facts: ShareFacts, link: str, *, inline: bool) -> Button:
    label = _("📤 Send to a friend")
    if inline:
        chats = SwitchInlineQueryChosenChat(
            query=f"{SHARED_PROJECT}{facts.share.token}",
            allow_user_chats=True,
            allow_group_chats=True,
            allow_channel_chats=True,
        )
        return Button(text=label, switch_inline_query_chosen_chat=chats)
    text = f"🎞 {one_line(project_name(facts.project))}"
    return url_button(label, f"{TELEGRAM}/share/url?{urlencode({'url': link, 'text': text})}")
