"""/values: what is set without a deploy. Everything is asked about before it is set."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from conversation.admin.value_field import Field
from conversation.admin.value_field_views import ask_view, field_view, history_view, old_view
from conversation.admin.value_fields import fields
from conversation.admin.value_views import front_view, group_view, way_back
from conversation.callbacks import admin_values as data
from conversation.view import View
from handlers.admin.door import Staff
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.dialogue import Expectation, expectation
from services.errors import NotYours
from services.staff.rights import Actor, Right
from storage.tables import User


async def opening(services: Services, _actor: Actor, _words: str, _page: int) -> View:
    now = await services.live.refresh(at_once=True)
    return front_view(table(services), now.model_dump(mode="json"), services.live.defaults.model_dump(mode="json"))


def table(services: Services) -> list[Field]:
    return fields(services.catalogue, services.live.defaults)


def field_of(services: Services, number: int) -> Field:
    """Raises NotYours: its model or vendor is gone."""
    for one in table(services):
        if one.id == number:
            return one
    raise NotYours


async def how_it_stands(services: Services, field: Field) -> View:
    return field_view(field, await services.live.standing(field.name), way_back(table(services), field))


async def group(callback: CallbackQuery, callback_data: data.ValueGroup, services: Services, tap: Tap) -> None:
    now = (await services.live.refresh(at_once=True)).model_dump(mode="json")
    usual = services.live.defaults.model_dump(mode="json")
    await tap.answer()
    await show(callback, group_view(table(services), callback_data.group, callback_data.shelf, now, usual))


async def one_field(
    callback: CallbackQuery, callback_data: data.ValueField, user: User, services: Services, tap: Tap
) -> None:
    view = await how_it_stands(services, field_of(services, callback_data.field))
    expected = expectation(user)
    if expected is not None and expected.expects == "value":  # they looked back instead of writing it
        await services.dialogue.expect(user.id, None)
    await tap.answer()
    await show(callback, view)


async def write(
    callback: CallbackQuery, callback_data: data.ValueWrite, services: Services, actor: Actor, tap: Tap
) -> None:
    field = field_of(services, callback_data.field)
    view = ask_view(field, await services.live.standing(field.name))
    await services.dialogue.expect(actor.user_id, Expectation("value", field.id))
    await tap.answer()
    await show(callback, view)


async def history(callback: CallbackQuery, callback_data: data.ValueHistory, services: Services, tap: Tap) -> None:
    field = field_of(services, callback_data.field)
    standing = await services.live.standing(field.name)
    found, total = await services.live.history(field.name, callback_data.page, field.of)
    await tap.answer()
    await show(callback, history_view(field, found, total, callback_data.page, standing.usual))


async def an_old_one(callback: CallbackQuery, callback_data: data.ValueOld, services: Services, tap: Tap) -> None:
    field = field_of(services, callback_data.field)
    old = await services.live.change(field.name, callback_data.change)
    standing = await services.live.standing(field.name)
    await tap.answer()
    await show(callback, old_view(field, old, standing))


def router() -> Router:
    made = section_router("values", opening)
    for handler, kind in (
        (group, data.ValueGroup),
        (one_field, data.ValueField),
        (write, data.ValueWrite),
        (history, data.ValueHistory),
        (an_old_one, data.ValueOld),
    ):
        made.callback_query.register(handler, kind.filter(), Staff(Right.VALUES))
    return made
