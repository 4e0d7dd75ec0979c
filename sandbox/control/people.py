"""Bots and people."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, Fields, bot_of, person_of, query_number, read_fields, world_of
from sandbox.telegram.model import Bot, Json, Person

routes = web.RouteTableDef()
_NAMES: Fields = dict.fromkeys(("last_name", "username", "language_code"), (str, OPTIONAL))


def _bot_json(bot: Bot, language: str, person_id: int | None = None) -> Json:
    commands = bot.commands
    # Bot API, BotCommandScope: the narrowest scope that has commands counts, in the language first.
    places = ([] if person_id is None else [f"chat/{person_id}"]) + ["all_private_chats", "default"]
    scopes = [f"{place}|{code}" for place in places for code in (language, "")]
    shown = next((commands[scope] for scope in scopes if commands.get(scope)), [])
    about = {"id": bot.id, "username": bot.username, "name": bot.text("name", language)}
    about |= {"commands": shown, "description": bot.text("description", language)}
    return about | {"inline": bot.inline, "inline_feedback": bot.inline_feedback}


def _person_json(person: Person) -> Json:
    return {name: value for name, value in asdict(person).items() if name != "deleted"}


@routes.post("/control/bots")
async def register_bot(request: web.Request) -> web.Response:
    """Register a bot; its token is never given out again."""
    fields = await read_fields(request, dict.fromkeys(("token", "username", "name"), (str, REQUIRED)))
    try:
        bot = world_of(request).bots.register(fields["token"], fields["username"], fields["name"])
    except ValueError as error:
        raise Refused(str(error)) from None
    return web.json_response(_bot_json(bot, ""))


@routes.patch(r"/control/bots/{bot_id:\d+}")
async def change_bot(request: web.Request) -> web.Response:
    """Switch inline mode and its feedback, as a bot's owner does at BotFather."""
    bot = bot_of(request)
    fields = await read_fields(request, dict.fromkeys(("inline", "inline_feedback"), (bool, OPTIONAL)))
    for name, value in fields.items():
        setattr(bot, name, value)
    return web.json_response(_bot_json(world_of(request).bots.save(bot), ""))


@routes.get("/control/bots")
async def list_bots(request: web.Request) -> web.Response:
    """List bots with the commands a private chat in `language` shows, that of `person` if one is named."""
    language, person_id = request.query.get("language", ""), query_number(request, "person")
    return web.json_response([_bot_json(bot, language, person_id) for bot in world_of(request).bots])


@routes.post("/control/people")
async def add_person(request: web.Request) -> web.Response:
    """Create a person."""
    fields = await read_fields(request, {"first_name": (str, REQUIRED)} | _NAMES)
    _check_first_name(fields)
    return web.json_response(_person_json(world_of(request).people.add(fields)))


@routes.get("/control/people")
async def list_people(request: web.Request) -> web.Response:
    """List people."""
    return web.json_response([_person_json(person) for person in world_of(request).people])


@routes.patch(r"/control/people/{person_id:\d+}")
async def change_person(request: web.Request) -> web.Response:
    """Change names or language."""
    person = person_of(request)
    fields = await read_fields(request, {"first_name": (str, OPTIONAL)} | _NAMES)
    _check_first_name(fields)
    for name, value in fields.items():
        setattr(person, name, value)
    return web.json_response(_person_json(world_of(request).people.save(person)))


@routes.delete(r"/control/people/{person_id:\d+}")
async def delete_person(request: web.Request) -> web.Response:
    """Delete a person's account: bots that write get 403 "user is deactivated"."""
    person = person_of(request)
    person.deleted = True
    world_of(request).people.save(person)
    return web.json_response({"ok": True})


def _check_first_name(fields: Json) -> None:
    if not fields.get("first_name", "x").strip():
        raise Refused("first_name must not be empty")
