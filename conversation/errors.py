"""Every refusal as one clear sentence that says what to do next, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conversation.i18n import gettext as _
from conversation.i18n import ngettext
from conversation.money import price
from conversation.music_sentences import music_sentence, no_music, not_fetched, start_sentence
from conversation.value_sentences import value_sentence
from conversation.view import one_line, shortened
from conversation.wording import credits_
from media.errors import PhotoProblem
from providers.base import FailureReason
from services import errors

NAME_SHOWN = 40
MAX_PHOTO_MB = 20
"""What the hosted Bot API lets a bot download, in megabytes."""


def sentence(refusal: errors.EchoesError) -> str:
    """What to tell a person; plain text, short enough for the answer to a tap (200 characters)."""
    return SENTENCES[type(refusal)](refusal)


def apology(error_id: str) -> str:
    """For what should not have happened; the id finds it in our logs."""
    return _("Sorry, something went wrong on my side. Please try again. Error {id}").format(id=error_id[:8])


def why_it_failed(reason: str | None) -> str:
    """Why a clip could not be made; plain text."""
    try:
        known = FailureReason(reason or FailureReason.INTERNAL)
    except ValueError:  # a job of a newer version of this program
        known = FailureReason.INTERNAL
    return _failure_sentences()[known]


def _failure_sentences() -> dict[FailureReason, str]:
    return {
        FailureReason.REFUSED: _("The studio's safety rules don't allow this photo or prompt: try different words."),
        FailureReason.BAD_INPUT: _("The studio can't work with this photo or prompt: try another one."),
        FailureReason.BUSY: _("The studio is overcrowded right now: try again in a few minutes."),
        FailureReason.UNAVAILABLE: _("The studio can't be reached right now: try again in a few minutes."),
        FailureReason.BAD_RESULT: _("The clip came out broken, so I threw it away: try again."),
        FailureReason.TIMED_OUT: _("It took far too long, so I stopped it: try again."),
        FailureReason.INTERNAL: _("Something broke on my side: try again."),
        FailureReason.STOPPED: _("It could not go on, so we had to end it: try again."),
    }


def _photo_sentences() -> dict[PhotoProblem, str]:
    return {
        PhotoProblem.EMPTY: _("That file is empty. Please send the photo again."),
        PhotoProblem.TOO_LARGE_FILE: _(
            "That file is over {limit} MB, more than I can fetch. Please send a smaller one, or send it as a photo."
        ).format(limit=MAX_PHOTO_MB),
        PhotoProblem.NOT_AN_IMAGE: _("That file isn't a picture. Please send a JPG, PNG or WebP photo."),
        PhotoProblem.UNSUPPORTED_FORMAT: _("I can't open that format. Please send a JPG, PNG or WebP photo."),
        PhotoProblem.ANIMATED: _("That picture moves already. Please send a still photo."),
        PhotoProblem.DAMAGED: _("That photo is damaged and won't open. Please send it again or choose another."),
        PhotoProblem.TOO_MANY_PIXELS: _(
            "That photo has too many pixels for me. Please send it as a photo, not a file."
        ),
        PhotoProblem.TOO_SMALL: _("That photo is too small to look good. Please send a larger one."),
        PhotoProblem.TOO_NARROW: _("That photo is too long and narrow. Please crop it and send it again."),
    }


def _not_enough(refusal: errors.NotEnoughCredits) -> str:
    text = _("This costs {needed} and you have {count}. Tap ➕ Get credits to go on.")
    return text.format(needed=credits_(refusal.needed), count=refusal.available)


def _too_long(refusal: errors.PromptTooLong) -> str:
    text = _("That's too long: {length} characters, and I can use {limit}. Please shorten it and send it again.")
    return text.format(length=refusal.length, limit=refusal.limit)


def _too_many(refusal: errors.TooManyOpenJobs) -> str:
    text = ngettext(
        "You already have {count} clip in the making, the most at a time. Wait for one to finish and tap again.",
        "You already have {count} clips in the making, the most at a time. Wait for one to finish and tap again.",
        refusal.limit,
    )
    return text.format(count=refusal.limit)


def _film_too_long(refusal: errors.FilmTooLong) -> str:
    text = _("That would be too long a film: {count} minutes is the most. Make two projects of it.")
    return text.format(count=refusal.limit_s // 60)


def _enough_films(refusal: errors.EnoughFilms) -> str:
    text = ngettext(
        "You had {count} film made within a day, the most there is. Please try again tomorrow.",
        "You had {count} films made within a day, the most there is. Please try again tomorrow.",
        refusal.limit,
    )
    return text.format(count=refusal.limit)


def _name(refusal: errors.NameNotUsable) -> str:
    text = _("A name has 1 to {limit} characters. Please send another one.")
    return text.format(limit=refusal.limit)


def _refund(refusal: errors.RefundNotPossible) -> str:
    reasons = {
        "nothing_left": _("All of this payment has gone back already."),
        "too_much": _("That's more than is left of this payment. Choose a smaller amount."),
        "only_whole": _("Stars can only be given back whole."),
        "rail_off": _("This way to pay is switched off here. Refund it at the vendor, and it will show up by itself."),
    }
    return reasons.get(refusal.why) or _("The payment service refused this refund. Look there for why.")


def _costs_otherwise(refusal: errors.CostsOtherwise) -> str:
    text = _("It costs {price} by now. Tap again if that's fine with you.")
    return text.format(price=credits_(refusal.price))


def _photo(refusal: errors.PhotoNotUsable) -> str:
    return _photo_sentences()[PhotoProblem(refusal.problem)]


def _code(refusal: errors.CodeNotValid) -> str:
    return _code_sentences().get(refusal.why) or _("I don't know that code. Please check it and send it again.")


def _code_sentences() -> dict[str, str]:
    return {
        "used_up": _("That code has been used up. Somebody was faster."),
        "expired": _("That code has expired."),
        "not_new": _("That code is for people who are new here."),
        "already_used": _("You have used that code already."),
        "own": _("That's your own code: it's for your friends."),
        "too_late": _("A friend's code can be entered in your first 7 days only."),
        "already_invited": _("You have already come by a friend's invitation."),
        "not_yet": _("You were here before the friend whose code that is: invite them instead."),
        "malformed": _("A code has 3 to 32 letters, digits, - or _, and all of its numbers are above 0."),
        "taken": _("There is such a code already. Please choose another one."),
    }


def _pack(refusal: errors.PackNotUsable) -> str:
    least, most = refusal.least, refusal.most
    if refusal.why == "taken":
        return _("A pack on sale is called that already. Choose another name.")
    if refusal.why == "price":
        text = _("That price can't be charged: from {least} to {most} it can. Choose another one.")
        return text.format(least=price(least, refusal.currency), most=price(most, refusal.currency))
    if refusal.why == "credits":
        return _("A pack has 1 to {most} credits. Choose another number.").format(most=most)
    return _("The name of a pack has 1 to {most} characters. Choose another one.").format(most=most)


def _caption(refusal: errors.CaptionTooLong) -> str:
    text = _("A caption has at most {limit} characters, and this has {length}. Please send a shorter one.")
    return text.format(limit=refusal.limit, length=refusal.length)


def _more_than_they_have(refusal: errors.MoreThanTheyHave) -> str:
    text = _("They have only {credits}: take no more than that.")
    return text.format(credits=credits_(refusal.available))


def _report_closed(refusal: errors.ReportClosed) -> str:
    if refusal.by is None:
        return _("This is closed: they had everything of theirs deleted.")
    return _("{name} has closed it already.").format(name=shortened(one_line(refusal.by), NAME_SHOWN))


SENTENCES: dict[type[errors.EchoesError], Callable[[Any], str]] = {
    errors.NotEnoughCredits: _not_enough,
    errors.NotYours: lambda _refusal: _("This isn't yours, or it is no longer here."),
    errors.AlreadyDone: lambda _refusal: _("This was already done."),
    errors.StillWorking: lambda _refusal: _("This clip is being made right now. Wait for it, or tap Cancel first."),
    errors.PromptTooLong: _too_long,
    errors.NameNotUsable: _name,
    errors.TooManyOpenJobs: _too_many,
    errors.ChoiceNotOffered: lambda _refusal: _("That choice is no longer on offer. Please pick another one."),
    errors.CostsOtherwise: _costs_otherwise,
    errors.PhotoNotUsable: _photo,
    errors.NotForSale: lambda _refusal: _("That isn't on offer right now. See /buy for what is."),
    errors.OrderOver: lambda _refusal: _("This order is over: it was paid, or it is too old. Tap /buy for a new one."),
    errors.PriceChanged: lambda _refusal: _("The price isn't what you ordered. Tap /buy to see it as it is now."),
    errors.RefundNotPossible: _refund,
    errors.VendorUnreachable: lambda _refusal: _("I can't reach the payment service right now. Try again in a minute."),
    errors.NobodyToAsk: lambda _refusal: _("Nobody can be reached here yet. Please try again another day."),
    errors.AskedTooOften: lambda _refusal: _("That was a lot of questions. Give us an hour to read them, please."),
    errors.CodeNotValid: _code,
    errors.BeingChecked: lambda _refusal: _("👀 A quick look at your photo and words, then I begin."),
    errors.NotAllowed: lambda _refusal: _(
        "I can't make a clip of this photo with these words. Other words may do. Nothing was charged."
    ),
    errors.EnoughForNow: lambda _refusal: _("That was a lot within one hour. Please try again a little later."),
    errors.PromptChanged: lambda _refusal: _("You have changed your words since. Have a look, then choose again."),
    errors.ValueNotUsable: value_sentence,
    errors.CannotBeRetried: lambda _refusal: _("This job can't be done over: see how it stands by now."),
    errors.CannotBeMoved: lambda _refusal: _("That vendor can't take it for the price shown. Choose another one."),
    errors.NothingToJoin: lambda _refusal: _("There are no clips in it yet. Approve some, and I make a film of them."),
    errors.FilmTooLong: _film_too_long,
    errors.EnoughFilms: _enough_films,
    errors.MusicNotUsable: music_sentence,
    errors.MusicNotFetched: not_fetched,
    errors.StartNotUsable: start_sentence,
    errors.NoMusicYet: no_music,
    errors.PhotoNotFetched: lambda _refusal: _("I couldn't fetch that photo from Telegram. Please send it again."),
    errors.NothingToShare: lambda _refusal: _("There is nothing in it to share yet: approve a clip for it first."),
    errors.Erased: lambda _refusal: _("This was deleted for good, so nothing more can be done with it."),
    errors.TooLateToUndo: lambda _refusal: _("That minute is over: the project is gone for good."),
    errors.CaptionTooLong: _caption,
    errors.MoreThanTheyHave: _more_than_they_have,
    errors.ReportClosed: _report_closed,
    errors.PackNotUsable: _pack,
    errors.ChangedMeanwhile: lambda _refusal: _("Somebody has changed it meanwhile. Look at it again first."),
    errors.Banned: lambda _refusal: _("🚫 You can't use this bot any more. Your credits are kept."),
    errors.HasRole: lambda _refusal: _("Whoever has a role here stays: an owner has to take the role away first."),
}
