"""/mydata: people have a copy of what is kept of them, or have it deleted after two questions."""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from conversation.callbacks.mydata import MyData
from conversation.mydata_views import copy_caption, delete_question, deleted_view, mydata_view, second_question
from handlers.manners import Tap
from handlers.showing import say, show
from services.desk import Services
from storage.tables import User

QUESTIONS = {"show": mydata_view, "delete": delete_question, "really": second_question}


async def mydata(message: Message) -> None:
    await say(message, mydata_view())


async def ask(callback: CallbackQuery, callback_data: MyData, tap: Tap) -> None:
    await tap.answer()
    await show(callback, QUESTIONS[callback_data.what]())


async def copy(callback: CallbackQuery, bot: Bot, user: User, services: Services, tap: Tap) -> None:
    made = await services.personal_data.copy(user.id)
    await tap.answer()
    await bot.send_document(callback.from_user.id, BufferedInputFile(made, "echoes.json"), caption=copy_caption())


async def gone(callback: CallbackQuery, user: User, services: Services, tap: Tap) -> None:
    await services.personal_data.delete(user.id)
    await tap.answer()
    await show(callback, deleted_view())


def router() -> Router:
    made = Router(name="mydata")
    made.message.register(mydata, Command("mydata"))
    made.callback_query.register(ask, MyData.filter(F.what.in_(QUESTIONS.keys())))
    made.callback_query.register(copy, MyData.filter(F.what == "copy"))
    made.callback_query.register(gone, MyData.filter(F.what == "gone"))
    return made
