"""/promos: the codes there are; `/promos SUMMER 5 …` makes one, `/promos stop SUMMER` ends it."""

from __future__ import annotations

from aiogram import Router

from conversation.admin.promo_views import made_view, promo_help_view, promos_view, stopped_view
from conversation.view import View
from handlers.admin.promo_words import promo_wanted
from handlers.admin.section import section_router
from services.desk import Services
from services.staff.rights import Actor


async def opening(services: Services, actor: Actor, words: str, _page: int) -> View:
    match words.split():
        case []:
            return promos_view(await services.promos.listed())
        case ["stop", code]:
            return stopped_view(known=await services.promos.stop(actor, code))
        case [code, credits_, *limits]:
            wanted = promo_wanted(code, credits_, limits)
            return made_view(await services.promos.create(actor, wanted)) if wanted else promo_help_view()
        case _:
            return promo_help_view()


def router() -> Router:
    return section_router("promos", opening)
