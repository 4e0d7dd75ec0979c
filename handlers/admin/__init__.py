"""What staff does, a file a section. To everybody else none of it exists."""

from __future__ import annotations

from aiogram import Router

from handlers.admin import jobs, menu, payments, promos

SECTIONS = (menu, jobs, payments, promos)


def router() -> Router:
    made = Router(name="admin")
    made.include_routers(*(section.router() for section in SECTIONS))
    return made
