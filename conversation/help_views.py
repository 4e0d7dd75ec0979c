"""Hello, help, and answers to what we did not expect. Short: people look before they read."""

from __future__ import annotations

from conversation import callbacks
from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.view import View, button, lines, paragraphs, rows, theirs
from conversation.wording import credits_
from storage.tables import User

NAME_SHOWN = 64


def start_view(user: User, *, available: int, gift: int = 0) -> View:
    """`available`: their credits; `gift`: how many of them they have just got because a friend invited them."""
    hello = _("👋 Hi, {name}! I turn your photos into short clips.").format(name=theirs(user.first_name, NAME_SHOWN))
    steps = lines(
        _("1️⃣ Send me a photo"),
        _("2️⃣ Write what should happen in it"),
        _("3️⃣ Tap <b>Generate</b> and watch it move"),
    )
    have = ngettext("You have {count} credit.", "You have {count} credits.", available)
    invited = _("🎁 Your friend's invitation brought you {credits} of that.").format(credits=credits_(gift))
    have = lines(have.format(count=available), invited if gift else None)
    keyboard = rows(
        [button(_("❓ How it works"), callbacks.Go(to="help")), button(_("⚙️ Settings"), callbacks.Go(to="settings"))]
    )
    return View(paragraphs(hello, steps, have if available else None), keyboard)


def help_view() -> View:
    text = paragraphs(
        _("❓ <b>How it works</b>"),
        lines(
            _("📷 Send a photo, or up to ten at once. Your caption is the prompt."),
            _("✍️ Say what should happen: <i>slow zoom in, snow, sparkles, orbit, rain, film grain…</i>"),
            _("🎬 Tap <b>Generate</b>. The price is on the button; if it doesn't work out, your credits come back."),
            _("✅ <b>Approve</b> what you like: it goes into your project."),
        ),
        lines(
            _("/projects – your clips in order"),
            _("/new – start a new project"),
            _("/buy – get credits"),
            _("/credits – balance and history"),
            _("/invite – bring your friends"),
            _("/settings – language, length and shape"),
            _("/cancel – stop what's going on"),
        ),
        _("Need a person? /support, for payments /paysupport. Also /terms and /privacy"),
    )
    return View(text)


def no_draft_view() -> View:
    """Text, and nothing it could be meant for."""
    return View(_("📷 Send me a photo first, then tell me what should happen in it. More in /help"))


def unknown_command_view() -> View:
    return View(_("I don't know that command. Send me a photo, or see /help for what I can do."))


def not_a_photo_view(kind: str) -> View:
    """`kind`: the content type of the message."""
    return View(_answers().get(kind) or _("I work with photos. Send me one and I'll make it move."))


def _answers() -> dict[str, str]:
    return {
        "video": _(
            "That's a video already 🙂 I work with photos: send me one, or a screenshot of your favourite moment."
        ),
        "video_note": _("A nice round video! I work with photos, though: send me one and I'll make it move."),
        "animation": _("That one moves already 🙂 Send me a still photo."),
        "sticker": _("Lovely sticker! I work with photos, though: send me one and I'll make it move."),
        "voice": _("I can't listen yet. Send me a photo, and write what should happen in it."),
        "audio": _("Music comes later. Send me a photo first, and I'll make it move."),
        "location": _("Looks like a good place for a photo! Send me one and I'll make it move."),
        "venue": _("Looks like a good place for a photo! Send me one and I'll make it move."),
        "contact": _("I don't need contacts. Send me a photo and I'll make it move."),
        "poll": _("My vote goes to a photo: send me one and I'll make it move."),
        "document": _("I can't use that file. Please send a JPG, PNG or WebP photo."),
    }


def cancelled_view() -> View:
    return View(_("👌 Okay. Your drafts stay where they are, and their buttons keep working."))


def nothing_to_cancel_view() -> View:
    return View(_("There is nothing to cancel. Send me a photo to begin."))


def cancel_work_view(clips: int, films: int = 0) -> View:
    """So many clips and films are being made; nothing is stopped unasked."""
    of_clips = ngettext(
        "{count} clip is being made right now. Stop it? Your credits come back.",
        "{count} clips are being made right now. Stop them? Your credits come back.",
        clips,
    )
    of_films = ngettext(
        "{count} film is being made right now. Stop it?",
        "{count} films are being made right now. Stop them?",
        films,
    )
    text = lines(of_clips.format(count=clips) if clips else None, of_films.format(count=films) if films else None)
    stop = button(_("⏹ Stop"), callbacks.CancelEverything())
    return View(text, rows([stop, button(_("Keep going"), callbacks.KeepWorking())]))


def groups_view(username: str) -> View:
    return View(_("I work in private chats. Write to me: @{username}").format(username=username))


def stopping_view() -> View:
    return View(_("⏹ Stopped. Whatever was not finished costs nothing."))


def going_on_view() -> View:
    return View(_("👌 Going on."))
