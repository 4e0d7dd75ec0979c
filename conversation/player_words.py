"""What the player says. It is a web page: these are plain texts, handed to it in the viewer's language."""

from __future__ import annotations

from conversation.i18n import gettext as _
from services.users import LANGUAGES, spoken


def player_words() -> dict[str, str]:
    """Every text of the player by the name its page has for it."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "next": _("Next clip"),
        "previous": _("Previous clip"),
        "mute": _("Sound off"),
        "unmute": _("Sound on"),
        "enlarge": _("Full screen"),
        "shrink": _("Leave full screen"),
        "seek": _("Place in the film"),
        "clip": _("Clip {number} of {count}"),
        "again": _("Watch again"),
        "retry": _("Try again"),
        "yours": _("Make your own"),
        "loading": _("One moment…"),
        "empty": _("There are no clips in this film yet."),
        "gone": _("This film isn't here, or it is no longer shared."),
        "outside": _("Open this film with the button in the chat."),
        "trouble": _("The film can't be loaded right now."),
    }


def link_description() -> str:
    """What a preview of a link to a film says below its name."""
    return _("A film made of photos. Watch it here.")


def language_of(accept_language: str) -> str:
    """The language to speak with a browser that asks so (RFC 9110, section 12.5.4): the first one it likes best."""
    ranked = [_wish(part) for part in accept_language.split(",")]
    for tag, weight in sorted(ranked, key=lambda wish: -wish[1]):
        if weight > 0 and tag.split("-")[0].lower() in LANGUAGES:
            return spoken(tag)
    return spoken(None)


def _wish(part: str) -> tuple[str, float]:
    tag, _separator, quality = part.partition(";")
    try:
        return tag.strip(), float(quality.strip().removeprefix("q=") or 1)
    except ValueError:
        return tag.strip(), 0.0
