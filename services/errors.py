"""What the product says no to.

Every refusal is a class with the facts of the case; the sentence a user reads is made from it in one place,
`conversation.errors`, in their language. What is not an EchoesError is our own fault and gets an id instead.
"""

from __future__ import annotations

from dataclasses import dataclass


class EchoesError(Exception):
    """A refusal with a reason a person can understand. Nothing was changed or charged."""


@dataclass
class NotEnoughCredits(EchoesError):
    needed: int
    available: int


class NotYours(EchoesError):
    """The thing does not exist, or is somebody else's: the answer is the same, so nobody learns which."""


class AlreadyDone(EchoesError):
    """The button was of an earlier moment; what it offered has happened or passed."""


class StillWorking(EchoesError):
    """Cannot be changed while a clip is being made of it."""


@dataclass
class PromptTooLong(EchoesError):
    limit: int
    """UTF-16 code units, the unit Telegram and the vendors count in."""
    length: int


@dataclass
class NameNotUsable(EchoesError):
    limit: int


@dataclass
class TooManyOpenJobs(EchoesError):
    limit: int


@dataclass
class CostsOtherwise(EchoesError):
    """A button shows a price that is no longer the one."""

    price: int
    """What it would be now, in credits."""


class ChoiceNotOffered(EchoesError):
    """A model, length or shape that is not on offer (any more)."""


@dataclass
class PhotoNotUsable(EchoesError):
    problem: str
    """A media.errors.PhotoProblem value."""


class PhotoNotFetched(EchoesError):
    """The messenger did not hand over the file of a photo."""


class NotForSale(EchoesError):
    """The pack, or the way to pay for it, is no longer offered."""


class OrderOver(EchoesError):
    """The order was paid, or is too old to be paid: there is to be a new one."""


class PriceChanged(EchoesError):
    """What is about to be paid is not what was ordered."""


@dataclass
class CodeNotValid(EchoesError):
    why: str
    """unknown, used_up, expired, not_new, already_used, own, too_late, already_invited; not_yet: a friend's who came
    later; to owners who make one: malformed, taken."""


class VendorUnreachable(EchoesError):
    """The payment vendor cannot be asked right now."""


@dataclass
class RefundNotPossible(EchoesError):
    why: str
    """nothing_left, too_much, only_whole (Stars), rail_off, refused (by the vendor)."""


class NobodyToAsk(EchoesError):
    """No owner gave a contact or can be written to."""


class AskedTooOften(EchoesError):
    """So many questions within an hour that the owners could not read them."""


@dataclass
class BeingChecked(EchoesError):
    """Photo and words are looked at first; what was ordered is made by itself if nothing is wrong with them."""

    drafts: list[int]
    """Those nobody has looked at yet."""


class NotAllowed(EchoesError):
    """A clip of this photo and these words is not to be made."""


class EnoughForNow(EchoesError):
    """The model was asked so often within an hour that somebody else has to have a turn."""


class PromptChanged(EchoesError):
    """The draft has other words by now than those the better ones were made of."""


class CannotBeRetried(EchoesError):
    """The job was no failure of ours, was done over already, or nobody can make it any more."""


class CannotBeMoved(EchoesError):
    """To staff: that vendor does not make this for what was shown, or is given nothing new."""


class NothingToShare(EchoesError):
    """The project has no clips yet."""


@dataclass
class MusicNotUsable(EchoesError):
    problem: str
    """A media.errors.MusicProblem value."""


class MusicNotFetched(EchoesError):
    """The messenger did not hand over the file of a recording."""


@dataclass
class StartNotUsable(EchoesError):
    """No moment of the track, as far as can be read."""

    seconds: float
    """How long the track is."""


class NoMusicYet(EchoesError):
    """The project has none (any more): there is nothing to change."""


class NothingToJoin(EchoesError):
    """The project has no clips a film could be made of."""


@dataclass
class FilmTooLong(EchoesError):
    limit_s: int
    """Seconds."""


@dataclass
class EnoughFilms(EchoesError):
    limit: int
    """Films within a day."""


class Erased(EchoesError):
    """Its objects are gone from the store: there is nothing left to show, approve or make more of."""


class TooLateToUndo(EchoesError):
    """The time in which a deleted project can be had back is over."""


@dataclass
class CaptionTooLong(EchoesError):
    limit: int
    """Characters."""
    length: int


@dataclass
class ValueNotUsable(EchoesError):
    """To staff: what they want to set is out of its bounds."""

    name: str
    why: str


@dataclass
class PackNotUsable(EchoesError):
    """To staff: a pack cannot be sold like that."""

    why: str
    """name (its length), taken (another one on sale is called so), credits, price."""
    least: int = 0
    most: int = 0
    currency: str = ""
    """Of a price: ISO 4217, or XTR."""


class ChangedMeanwhile(EchoesError):
    """To staff: somebody else has changed it since it was looked at."""


@dataclass
class MoreThanTheyHave(EchoesError):
    """To staff: only what is available can be taken."""

    available: int
    """Credits."""


class HasRole(EchoesError):
    """To staff: whoever has a role is neither banned nor deleted."""


@dataclass
class ReportClosed(EchoesError):
    """To staff: somebody answered it already, or closed it without an answer."""

    by: str | None
    """The first name of who did. None: its asker had everything deleted."""


class Banned(EchoesError):
    """They are not to use the bot any more."""
