"""What staff does, a file a section. To everybody else none of it exists."""

from __future__ import annotations

from aiogram import Router

from handlers.admin import (
    audit,
    broadcasts,
    deeds,
    helping,
    job_deeds,
    jobs,
    looks,
    maintenance,
    menu,
    overview,
    packs,
    pausing,
    payments,
    people,
    promos,
    reports,
    staff,
    values,
    values_setting,
)

SECTIONS = (
    menu,
    overview,
    people,
    helping,
    deeds,
    reports,
    looks,
    jobs,
    job_deeds,
    pausing,
    maintenance,
    payments,
    packs,
    promos,
    broadcasts,
    values,
    values_setting,
    staff,
    audit,
)


def router() -> Router:
    made = Router(name="admin")
    made.include_routers(*(section.router() for section in SECTIONS))
    return made
