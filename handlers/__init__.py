"""Door 1, Telegram: one router a user journey. A handler parses, calls a service and shows a view."""

from __future__ import annotations

from aiogram import Router

from handlers import (
    admin,
    albums,
    buy,
    cancel,
    codes,
    credits,  # noqa: A004 - a journey's name
    drafts,
    editing,
    films,
    groups,
    improving,
    inline,
    invite,
    legal,
    members,
    music,
    mydata,
    news,
    photos,
    projects,
    recordings,
    returning,
    settings,
    sharing,
    start,
    storyboard,
    takes,
    texts,
    till,
    unknown,
)
from handlers.banned import KeepsOut
from handlers.closed import KeepsClosed
from handlers.manners import Manners

# The order decides: groups before all that is private, commands before texts, the catch-all last.
JOURNEYS = (
    groups,
    members,
    admin,
    buy,
    returning,
    invite,
    inline,
    sharing,
    start,
    cancel,
    projects,
    editing,
    films,
    codes,
    credits,
    legal,
    mydata,
    settings,
    news,
    photos,
    recordings,
    music,
    drafts,
    improving,
    albums,
    storyboard,
    takes,
    texts,
    unknown,
)


def setup() -> Router:
    """A new router with all journeys. Handlers receive `user`, `services`, `notifier`, and for taps `tap`."""
    entrance = Router(name="entrance")
    # News of money has no manners: what fails is not apologised for but tried again.
    entrance.include_router(till.router())
    entrance.include_router(_polite())
    return entrance


def _polite() -> Router:
    door = Router(name="handlers")
    for kind in (door.message, door.edited_message, door.callback_query, door.inline_query):
        kind.outer_middleware(KeepsOut())
        kind.outer_middleware(KeepsClosed())
        kind.middleware(Manners())
    door.include_routers(*(journey.router() for journey in JOURNEYS))
    return door
