"""Cards, takes and statements as services would return them, made without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from providers.base import SHAPES, ClipModel
from services.cards import AlbumCard, DraftCard, Work
from services.jobs import states
from services.ledger import Balance
from services.projects import Placed, ProjectSummary, ProjectView
from services.takes import TakeView
from services.wallet import Entry, Statement
from storage.tables import Album, Clip, Draft, Job, Project, Take, User

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOCAL = ClipModel("local-motion", "Motion", "local", SHAPES, {5: 1, 10: 2})
WIDE = ClipModel("wide", "Wide & <bold>", "other", ("16:9",), {6: 3})
BIG = 2**63 - 1

HOSTILE = (
    "",
    "<b>",
    "</blockquote><a href='x'>",
    "{} {0} {name} %s %(x)s",
    "&lt;&amp;&#0;",
    "\u202eevil\u2066\u200f",
    "a\x00b\r\nc\u2028d",
    "👩‍👩‍👧‍👦" * 300,
    "é" * 2500,
    "e\u0301\u0323" * 1500,
    "😀" * 5000,
    "<" * 5000,
    "&" * 1000,
)


def user(**facts: Any) -> User:
    given = {"id": 1, "telegram_id": 4242, "first_name": "Alice", "username": None, "language": "en", "dialogue": {}}
    return User(**{**given, "default_duration_s": 5, "default_shape": None, "unreachable_at": None, **facts})


def draft(**facts: Any) -> Draft:
    given = {"id": 7, "user_id": 1, "album_id": None, "prompt": "snow", "model": LOCAL.key, "shape": "16:9"}
    more = {"duration_s": 5, "round": 0, "state": "open", "card_message_id": 50, "photo_file_id": None}
    return Draft(**{**given, **more, **facts})


def work(state: str = states.RUNNING, **facts: Any) -> Work:
    given = {"cancelling": False, "ahead": 0, "progress": 0.42, "seconds_left": None, "failure_reason": None}
    return Work(job_id=3, state=state, **{**given, **facts})


def card(**facts: Any) -> DraftCard:
    """`draft` facts go to the draft."""
    mine = {
        name: facts.pop(name) for name in ("prompt", "state", "round", "id", "shape", "duration_s") if name in facts
    }
    given = {"model": LOCAL, "models": (LOCAL,), "price": 1, "available": 30, "takes": 0, "work": None}
    return DraftCard(draft=draft(**mine), **{**given, **facts})


def album(*cards: DraftCard, available: int = 30) -> AlbumCard:
    return AlbumCard(Album(id=9, user_id=1, media_group_id="g", card_message_id=60), list(cards), available)


def project(**facts: Any) -> Project:
    return Project(**{"id": 2, "user_id": 1, "name": None, "number": 1, **facts})


def take(**facts: Any) -> Take:
    given = {"id": 5, "draft_id": 7, "job_id": 3, "number": 1, "prompt": "snow", "seconds": 5.0, "discarded_at": None}
    more = {"video_file_id": None, "message_id": None, "width": 1280, "height": 720, "user_id": 1}
    return Take(**{**given, **more, **facts})


def take_view(
    *, takes: int = 1, into: Project | None = None, round_: int = 1, made: Job | None = None, **facts: Any
) -> TakeView:
    return TakeView(take(**facts), draft(round=round_), made or job(), takes, into, 3 if into else None)


def job(**facts: Any) -> Job:
    return Job(**{"id": 3, "price": 2, "failure_reason": None, "charge": None, "retry_of": None, **facts})


def summary(**facts: Any) -> ProjectSummary:
    given = {"project": project(), "clips": 2, "seconds": 10.0, "current": True}
    return ProjectSummary(**{**given, **facts})


def project_of(*takes: Take, **facts: Any) -> ProjectView:
    """The clips come of drafts of their own, as the product has it."""
    about = summary(**{"clips": len(takes), "seconds": 5.0 * len(takes), **facts})
    return ProjectView(about, placed(about.project, *takes), about.project if about.current else None)


def placed(into: Project, *takes: Take) -> list[Placed]:
    return [
        Placed(Clip(project_id=into.id, draft_id=one.draft_id, take_id=one.id, position=place, caption=None), one)
        for place, one in enumerate(takes, start=1)
    ]


def statement(*, held: int = 0, page: int = 0, pages: int = 1, lines: int = 2) -> Statement:
    entries = [Entry("signup", 30, NOW), *[Entry("generation", -2, NOW)] * (lines - 1)]
    return Statement(Balance(28, held), entries, page, pages)
