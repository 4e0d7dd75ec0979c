"""/packs: what is sold and for how much; `/packs Big, 500, 39.99, 2900` adds one. Each change is asked about first."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from conversation.admin.pack_questions import add_question, change_question, sell_question
from conversation.admin.pack_views import ask_part_view, how_view, pack_view, packs_view
from conversation.callbacks.admin_packs import AddPack, ChangePack, EditPack, NewPack, OpenPack, Part, SellPack
from conversation.i18n import gettext as _
from conversation.view import View
from handlers.admin.asking import answered, ask_back, is_expected
from handlers.admin.door import Staff
from handlers.admin.pack_words import changed, line
from handlers.admin.section import section_router
from handlers.manners import Tap
from handlers.showing import show
from services.desk import Services
from services.dialogue import Expectation, Expects, expectation
from services.errors import AlreadyDone, ChangedMeanwhile
from services.packs import mark
from services.staff.rights import Actor, Right
from storage.tables import User

COMMAND: Final = "packs"
EXPECTED: Final[dict[Part, Expects]] = {
    "name": "pack_name",
    "credits": "pack_credits",
    "price": "pack_price",
    "stars": "pack_stars",
    "all": "pack_all",
}
PARTS: Final[dict[Expects, Part]] = {expects: part for part, expects in EXPECTED.items()}


async def opening(services: Services, _actor: Actor, _words: str, page: int) -> View:
    return packs_view(await services.packs.listed(), page)


async def open_(callback: CallbackQuery, callback_data: OpenPack, services: Services, tap: Tap) -> None:
    one = await services.packs.view(callback_data.pack_id)
    await tap.answer()
    await show(callback, pack_view(one))


async def ask_line(callback: CallbackQuery, user: User, services: Services, tap: Tap) -> None:
    await services.dialogue.expect(user.id, Expectation("pack_line", 0))
    await tap.answer()
    await show(callback, how_view(await services.packs.currency()))


async def ask_part(callback: CallbackQuery, callback_data: EditPack, user: User, services: Services, tap: Tap) -> None:
    one = await services.packs.view(callback_data.pack_id)
    await services.dialogue.expect(user.id, Expectation(EXPECTED[callback_data.part], one.pack.id))
    await tap.answer()
    await show(callback, ask_part_view(one.pack, callback_data.part))


async def line_told(message: Message, user: User, services: Services) -> None:
    await _propose(message, message.text or "", user, services)


async def by_command(message: Message, command: CommandObject, user: User, services: Services) -> None:
    await _propose(message, command.args or "", user, services)


async def part_told(message: Message, user: User, services: Services) -> None:
    expected = expectation(user)
    if expected is None:
        return
    part = PARTS[expected.expects]
    pack = (await services.packs.view(expected.subject_id)).pack
    wanted = changed(pack, part, message.text or "")
    question = change_question(await services.packs.consider(wanted, pack.id), part) if wanted else None
    await ask_back(message, user, services, question, otherwise=ask_part_view(pack, part, again=True))


async def add(callback: CallbackQuery, callback_data: AddPack, services: Services, actor: Actor, tap: Tap) -> None:
    _id, text = answered(callback)
    wanted = line(_without_command(text), await services.packs.currency())
    if wanted is None or mark(wanted) != callback_data.then:
        raise AlreadyDone  # the message was edited since
    one = await services.packs.add(actor, wanted)
    await tap.answer()
    await show(callback, pack_view(one, note=_("✅ Added: it is on sale now.")))


async def change(
    callback: CallbackQuery, callback_data: ChangePack, services: Services, actor: Actor, tap: Tap
) -> None:
    _id, text = answered(callback)
    pack = (await services.packs.view(callback_data.pack_id)).pack
    async with tap.forgiving():
        wanted = changed(pack, callback_data.part, text)
        if wanted is None or mark(wanted) != callback_data.then:
            # Either the pack is another one by now, or the message was edited.
            raise ChangedMeanwhile if mark(pack) != callback_data.was else AlreadyDone
        await services.packs.change(actor, pack.id, wanted, was=callback_data.was)
        await tap.answer(_("Changed."))
    await show(callback, pack_view(await services.packs.view(pack.id)))


async def sell(callback: CallbackQuery, callback_data: SellPack, services: Services, actor: Actor, tap: Tap) -> None:
    pack_id, on = callback_data.pack_id, callback_data.on
    if not callback_data.sure:
        pack, checkouts = (await services.packs.view(pack_id)).pack, await services.packs.checkouts(pack_id)
        await tap.answer()
        await show(callback, sell_question(pack, on=on, checkouts=checkouts))
        return
    async with tap.forgiving():
        await services.packs.sell(actor, pack_id, on=on, was=callback_data.was)
    await tap.answer()
    await show(callback, pack_view(await services.packs.view(pack_id)))


async def _propose(message: Message, text: str, user: User, services: Services) -> None:
    currency = await services.packs.currency()
    wanted = line(text, currency)
    question = add_question(await services.packs.consider(wanted)) if wanted else None
    await ask_back(message, user, services, question, otherwise=how_view(currency, again=True))


def _without_command(text: str) -> str:
    return text.partition(" ")[2] if text.startswith("/") else text


def router() -> Router:
    made, may = Router(name="packs in one line"), Staff(Right.PACKS)
    made.message.register(by_command, Command(COMMAND, magic=F.args), may)
    made.include_router(section_router(COMMAND, opening))
    made.message.register(line_told, is_expected("pack_line"), may)
    made.message.register(part_told, is_expected(*PARTS), may)
    for handler, data in ((ask_line, NewPack), (ask_part, EditPack), (open_, OpenPack)):
        made.callback_query.register(handler, data.filter(), may)
    for deed, asked in ((add, AddPack), (change, ChangePack), (sell, SellPack)):
        made.callback_query.register(deed, asked.filter(), may)
    return made
