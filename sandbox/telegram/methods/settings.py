"""What a bot says about itself: commands, names, descriptions, the menu button."""

from __future__ import annotations

import re

from sandbox.telegram.call import Call, method
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import Json

MAX_COMMANDS = 100
MAX_COMMAND_DESCRIPTION = 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}


@method("getMe")
async def get_me(call: Call) -> Json:
    """Return the bot's own user."""
    abilities: Json = {"can_join_groups": True, "can_read_all_group_messages": False}
    abilities["supports_inline_queries"] = call.bot.inline
    more = dict.fromkeys(("can_connect_to_business", "has_main_web_app", "has_topics_enabled"), False)
    return call.bot.user() | abilities | more


@method("logOut", "close")
async def log_out(_call: Call) -> bool:
    """There is no other server to move to, so there is nothing to do."""
    return True


@method("setMyCommands")
async def set_my_commands(call: Call) -> bool:
    """Set the command list of a scope and language."""
    commands = call.params["commands"]
    if len(commands) > MAX_COMMANDS:
        raise BadRequest("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        command["command"] = command["command"].removeprefix("/")
        if not _COMMAND.fullmatch(command["command"]):
            raise BadRequest("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= MAX_COMMAND_DESCRIPTION:
            raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")
    call.bot.commands[_scope_key(call)] = commands
    return _saved(call)


@method("deleteMyCommands")
async def delete_my_commands(call: Call) -> bool:
    """Delete the command list of a scope and language."""
    call.bot.commands.pop(_scope_key(call), None)
    return _saved(call)


@method("getMyCommands")
async def get_my_commands(call: Call) -> list[Json]:
    """Return the command list of exactly this scope and language."""
    return call.bot.commands.get(_scope_key(call), [])


def _scope_key(call: Call) -> str:
    scope = call.params.get("scope") or {"type": "default"}
    if "chat_id" in scope:
        call.known_chat(scope["chat_id"])
    place = [str(scope[key]) for key in ("type", "chat_id", "user_id") if key in scope]
    return f"{'/'.join(place)}|{_language(call)}"


def _language(call: Call) -> str:
    language: str = call.params.get("language_code", "")
    if language and not _LANGUAGE.fullmatch(language):
        raise BadRequest("invalid language code specified")
    return language


def _saved(call: Call) -> bool:
    call.world.bots.save(call.bot)
    call.world.events.publish("commands", call.bot.id, None, {})
    return True


@method("setMyName", "setMyDescription", "setMyShortDescription")
async def set_my_text(call: Call) -> bool:
    """Set a name or description for a language; an empty one removes it."""
    kind = _kind_of_text(call)
    text, language = call.params.get(kind, ""), _language(call)
    if len(text) > _TEXT_LIMITS[kind]:
        raise BadRequest(f"bot {kind.replace('_', ' ')} is too long")
    texts = call.bot.texts.setdefault(kind, {})
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)
    return _saved(call)


@method("getMyName", "getMyDescription", "getMyShortDescription")
async def get_my_text(call: Call) -> Json:
    """Return the name or description for a language, else the one for all."""
    kind = _kind_of_text(call)
    return {kind: call.bot.text(kind, _language(call))}


def _kind_of_text(call: Call) -> str:
    name = call.method[len("setMy") :]
    return {"Name": "name", "Description": "description", "ShortDescription": "short_description"}[name]


@method("setChatMenuButton")
async def set_chat_menu_button(call: Call) -> bool:
    """Set the menu button of one chat, or of all."""
    call.bot.menu_buttons[_menu_key(call)] = call.params.get("menu_button", {"type": "default"})
    return _saved(call)


@method("getChatMenuButton")
async def get_chat_menu_button(call: Call) -> Json:
    """Return the menu button of a chat, else the one of all."""
    buttons = call.bot.menu_buttons
    return buttons.get(_menu_key(call)) or buttons.get("") or {"type": "commands"}


def _menu_key(call: Call) -> str:
    return str(call.known_chat(call.params["chat_id"]).id) if "chat_id" in call.params else ""
