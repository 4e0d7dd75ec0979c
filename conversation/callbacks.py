"""What buttons carry: ids and choices, never state. A button works months later and after restarts.

Prefixes are short, since all of it must fit into 64 bytes, and must stay what they are: old buttons are in chats.
"""

from __future__ import annotations

from hashlib import blake2s
from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from providers.base import Shape
from services.payments.facts import Rail

Id = Annotated[int, Field(ge=1, lt=2**63)]
PackId = Annotated[int, Field(ge=1, lt=2**31)]
"""Packs are few, and there must be room for the rest of what a button of theirs carries."""
Count = Annotated[int, Field(ge=0, lt=2**31)]
Transition = Literal["cut", "fade", "cross"]


class Go(CallbackData, prefix="m"):
    """To one of the main places."""

    to: Literal["help", "projects", "credits", "settings", "buy", "invite"]


class Generate(CallbackData, prefix="dg"):
    """Of the time when buttons did not carry the price they show."""

    draft: Id
    round: Count


class GenerateFor(CallbackData, prefix="dj"):
    """`price` (credits) is what the button shows: nothing else is ever set aside for it."""

    draft: Id
    round: Count
    price: Count


class UseIdea(CallbackData, prefix="di"):
    draft: Id
    idea: Count


class ChooseLength(CallbackData, prefix="dl"):
    draft: Id
    seconds: Count


class ChooseShape(CallbackData, prefix="ds", sep="|"):
    draft: Id
    shape: Shape


class ChooseModel(CallbackData, prefix="dm"):
    draft: Id
    model: str
    """The model's `model_mark`: keys of models may be longer than a button can carry."""


class PutAway(CallbackData, prefix="dx"):
    draft: Id


class BringBack(CallbackData, prefix="db"):
    draft: Id


class CancelDraft(CallbackData, prefix="dc"):
    draft: Id


class Improve(CallbackData, prefix="ip"):
    """Ask for better words. `after`: the last time that was asked when the button was made; 0 for never."""

    draft: Id
    after: Annotated[int, Field(ge=0, lt=2**63)]


class UseBetter(CallbackData, prefix="iu"):
    """`over`: the button says that words are lost which it was not asked about."""

    inquiry: Id
    over: bool


class KeepMine(CallbackData, prefix="ik"):
    inquiry: Id


class OpenPhoto(CallbackData, prefix="ao"):
    """One photo of an album gets a card of its own."""

    draft: Id


class AlbumLength(CallbackData, prefix="al"):
    album: Id
    seconds: Count


class AlbumShape(CallbackData, prefix="as", sep="|"):
    album: Id
    shape: Shape


class AlbumModel(CallbackData, prefix="am"):
    album: Id
    model: str
    """As in ChooseModel."""


class GenerateAll(CallbackData, prefix="ag"):
    """As Generate: without a price."""

    album: Id
    version: Count


class GenerateAllFor(CallbackData, prefix="aj"):
    album: Id
    version: Count
    price: Count


class CancelAlbum(CallbackData, prefix="ac"):
    album: Id


class ApproveAll(CallbackData, prefix="aa"):
    """Of each photo of an album of which nothing is approved, the newest take."""

    album: Id


class Approve(CallbackData, prefix="ta"):
    take: Id


class Again(CallbackData, prefix="tg"):
    take: Id
    draft: Id
    round: Count


class ChangePrompt(CallbackData, prefix="tp"):
    take: Id


class Discard(CallbackData, prefix="tx"):
    take: Id


class KeepAfterAll(CallbackData, prefix="tk"):
    take: Id


class OpenProject(CallbackData, prefix="po"):
    project: Id


class PlayProject(CallbackData, prefix="pp"):
    project: Id


class NameProject(CallbackData, prefix="pn"):
    project: Id


class ShareProject(CallbackData, prefix="ph"):
    project: Id


class StopSharing(CallbackData, prefix="pz"):
    project: Id


class MakeOwn(CallbackData, prefix="mo"):
    """Somebody saw what another made."""


class ChooseProject(CallbackData, prefix="pc"):
    project: Id


class CompleteProject(CallbackData, prefix="pd"):
    project: Id


class ReopenProject(CallbackData, prefix="pr"):
    project: Id


class DuplicateProject(CallbackData, prefix="px"):
    """`number`: what the copy would be called; where a project has it already, there is a copy or another one."""

    project: Id
    number: Count


class DeleteProject(CallbackData, prefix="pk"):
    project: Id


class BringProjectBack(CallbackData, prefix="pu"):
    """For a minute after it was deleted."""

    project: Id


class OpenFilm(CallbackData, prefix="fo"):
    """To how the film of a project could be made."""

    project: Id


class ChooseFilm(CallbackData, prefix="fc"):
    """How somebody would like their film. What is not on offer is refused where it is used."""

    project: Id
    height: Count
    transition: Transition
    music: bool
    title: bool


class MakeFilm(CallbackData, prefix="fm"):
    """As in ChooseFilm."""

    project: Id
    height: Count
    transition: Transition
    music: bool
    title: bool


class CancelFilm(CallbackData, prefix="fx"):
    film: Id


class LinkToFilm(CallbackData, prefix="fl"):
    """A new link to a film that is too large to be sent."""

    film: Id


class LinkToTake(CallbackData, prefix="tl"):
    take: Id


class ChooseTransition(CallbackData, prefix="pt"):
    project: Id
    transition: Transition
    page: Count


class OpenClips(CallbackData, prefix="ea"):
    """The clips of a project, ten to a page."""

    project: Id
    page: Count = 0


class OpenClip(CallbackData, prefix="eo"):
    """One place in a project, by the draft whose take stands there: takes change, and so do numbers."""

    project: Id
    draft: Id


class MoveClip(CallbackData, prefix="em"):
    """From place `seen`, where it stood when the button was made, to place `to`; from elsewhere it is not moved."""

    project: Id
    draft: Id
    seen: Count
    to: Count


class PlaceClip(CallbackData, prefix="ep"):
    """Where a clip should stand; `page`: of the places there are."""

    project: Id
    draft: Id
    page: Count = 0


class CompareTakes(CallbackData, prefix="et"):
    project: Id
    draft: Id


class UseTake(CallbackData, prefix="eu"):
    project: Id
    draft: Id
    take: Id


class CaptionClip(CallbackData, prefix="en"):
    """The next text is this clip's caption."""

    project: Id
    draft: Id


class ClearCaption(CallbackData, prefix="ex"):
    project: Id
    draft: Id


class NewTake(CallbackData, prefix="eg"):
    project: Id
    draft: Id


class RemoveClip(CallbackData, prefix="er"):
    project: Id
    draft: Id


class ProjectsPage(CallbackData, prefix="pl"):
    page: Count


class StartProject(CallbackData, prefix="ps"):
    pass


class CreditsPage(CallbackData, prefix="cp"):
    page: Count


class Buy(CallbackData, prefix="b"):
    """To what is for sale; with what they were about to generate when credits ran short."""

    draft: Id | None = None
    album: Id | None = None


class BuyPack(CallbackData, prefix="bp"):
    pack_id: PackId
    rail: Rail
    draft: Id | None = None
    album: Id | None = None


class HavePaid(CallbackData, prefix="bh"):
    order: Id


class ReceiptsPage(CallbackData, prefix="rp"):
    page: Count


class EnterCode(CallbackData, prefix="ec"):
    """The next text is a promo code, or a friend's."""


class SetLanguage(CallbackData, prefix="sl"):
    language: Annotated[str, Field(max_length=8)]


class SetLength(CallbackData, prefix="sd"):
    seconds: Count


class SetShape(CallbackData, prefix="ss", sep="|"):
    shape: Shape | Literal["photo"]


class CancelEverything(CallbackData, prefix="cx"):
    """Everything that is being made for the person who taps."""


class KeepWorking(CallbackData, prefix="ck"):
    pass


class AdminPlace(CallbackData, prefix="az"):
    """A place only owners have."""

    to: Literal["menu", "unmatched"]
    page: Count = 0


class AdminPayment(CallbackData, prefix="ay"):
    payment: Id


class AdminRefund(CallbackData, prefix="ar"):
    """Give `amount` of a payment back, in its smallest unit; `sure` once it was asked."""

    payment: Id
    amount: Count
    sure: bool = False


class AdminAssign(CallbackData, prefix="aw"):
    """Credit an unmatched payment to a Telegram account; `sure` once it was asked."""

    payment: Id
    person: Id
    credits: Count
    sure: bool = False


class AdminAsk(CallbackData, prefix="aq"):
    """The next text says how much to refund, or whose a payment is."""

    what: Literal["refund", "assign"]
    payment: Id


class AdminJobs(CallbackData, prefix="wj"):
    """How the job service is doing, and the jobs that failed."""

    page: Count = 0


class AdminJob(CallbackData, prefix="wk"):
    job: Id


class AdminRetry(CallbackData, prefix="wr"):
    """Have a failed job done over at the house's expense; `sure` once it was asked."""

    job: Id
    sure: bool = False


def model_mark(key: str) -> str:
    """A short name for a model that fits on a button and stays the same over restarts."""
    return blake2s(key.encode(), digest_size=5).hexdigest()
