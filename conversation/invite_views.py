"""Inviting friends: the card with one's link, what is sent to a friend, and entering a code instead."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aiogram.types import CopyTextButton, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent

from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import Button, View, lines, paragraphs, rows, url_button
from conversation.wording import credits_
from services.arrivals import INVITATION
from services.codes import Redeemed
from services.live.values import ReferralRule
from services.referrals import Invitation

TELEGRAM: Final = "https://t.me"
STRANGERS_START: Final = "invite"
"""The deep link's payload of somebody who wanted to invite before they had an account."""


def invitation_link(username: str, code: str) -> str:
    return f"{TELEGRAM}/{username}?start={INVITATION}{code}"


def invite_view(invitation: Invitation, link: str, *, inline: bool) -> View:
    """The caption of the QR card. `inline`: whether the bot may be asked from other chats."""
    brought = [_joined(invitation.joined)] if invitation.joined else []
    if invitation.earned:
        brought.append(_("You got {credits} for them.").format(credits=credits_(invitation.earned)))
    text = paragraphs(
        _("🎁 <b>Invite your friends</b>"),
        lines(*_deal(invitation)),
        link,
        " ".join(brought),
    )
    copy = Button(text=_("📋 Copy the link"), copy_text=CopyTextButton(text=link))
    return View(text, rows([_share(invitation, link, inline=inline)], [copy]))


def invitation_article(invitation: Invitation, link: str) -> InlineQueryResultArticle:
    """What is offered in whatever chat a person is in, and sent in their name."""
    return InlineQueryResultArticle(
        id="invitation",
        title=_("Invite a friend"),
        description=_("Sends a message with your link"),
        input_message_content=InputTextMessageContent(message_text=paragraphs(*_message(invitation))),
        reply_markup=rows([url_button(_("🎬 Make a clip"), link)]),
    )


def start_first_button() -> InlineQueryResultsButton:
    """For who has no link yet, because they have no account."""
    return InlineQueryResultsButton(text=_("Start here to get your link"), start_parameter=STRANGERS_START)


def vests_with(rule: ReferralRule) -> str:
    """When the inviter gets their credits."""
    if rule == "approved":
        return _("You get {credits} once they approve their first clip.")
    return _("You get {credits} once they approve a clip made with credits they bought.")


def asks_code_view() -> View:
    return View(_("🎟 Send me the code: a promo code, or a friend's. /cancel to leave it."))


def redeemed_view(redeemed: Redeemed, *, available: int) -> View:
    """`available`: their credits now."""
    got = _("🎉 That's {credits} for you!").format(credits=credits_(redeemed.credits))
    friend = _("🎉 Done! Your friend will be glad you came.")
    have = _("You have <b>{credits}</b> now.").format(credits=credits_(available))
    return View(lines(got, have) if redeemed.credits else friend)


def _deal(invitation: Invitation) -> list[str]:
    if not invitation.credits:
        return [_("Show your friends what you make here.")]
    amount = credits_(invitation.credits)
    return [
        _("Your friend gets {credits} at once.").format(credits=amount),
        vests_with(invitation.rule).format(credits=amount),
    ]


def _joined(count: int) -> str:
    return ngettext("{count} friend has joined.", "{count} friends have joined.", count).format(count=count)


def _message(invitation: Invitation) -> list[str | None]:
    gift = _("With my link you get {credits} on top.").format(credits=credits_(invitation.credits))
    return [_("👋 Join me! This bot turns photos into short clips."), gift if invitation.credits else None]


def _share(invitation: Invitation, link: str, *, inline: bool) -> Button:
    label = _("📤 Send to a friend")
    if inline:
        # Nothing need be typed: whatever is asked, the invitation is the answer.
        return Button(text=label, switch_inline_query="")
    text = "\n".join(filter(None, _message(invitation)))
    return url_button(label, f"{TELEGRAM}/share/url?{urlencode({'url': link, 'text': text})}")
