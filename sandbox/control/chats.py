"""A chat as the person sees it, and what the person does in it."""

from __future__ import annotations

from aiohttp import BodyPartReader, web

from sandbox.control.errors import Refused
from sandbox.control.reading import OPTIONAL, REQUIRED, actions_of, bot_of, person_of, read_fields, world_of
from sandbox.telegram.files import MAX_UPLOAD
from sandbox.telegram.media import KINDS, Upload
from sandbox.telegram.model import Json

routes = web.RouteTableDef()
_CHAT = r"/control/chats/{bot_id:\d+}/{person_id:\d+}"


@routes.get(_CHAT)
async def show_chat(request: web.Request) -> web.Response:
    """Return the chat; it need not have begun."""
    world, bot, person = world_of(request), bot_of(request), person_of(request)
    chat = world.chats.get(bot.id, person.id)
    messages = [world.shown(chat, message) for message in world.chats.messages(chat)] if chat else []
    shown: Json = {"messages": messages, "blocked": bool(chat and chat.blocked)}
    shown["reply_keyboard"] = chat.reply_keyboard if chat else None
    return web.json_response(shown | {"pinned": chat.pinned if chat else [], "last_event": world.events.last})


@routes.post(_CHAT + "/messages")
async def send_message(request: web.Request) -> web.Response:
    """Send text (JSON) or files (a form) as the person."""
    actions, world = actions_of(request), world_of(request)
    if request.content_type.startswith("multipart/"):
        texts, uploads = await _read_form(request)
        kind = texts.get("as")
        if kind is not None and kind not in KINDS:
            raise Refused(f"as must be one of {', '.join(KINDS)}")
        messages = await actions.send_files(uploads, texts.get("caption", ""), kind, _reply_to(texts))
    else:
        fields = await read_fields(request, {"text": (str, REQUIRED), "reply_to": (int, OPTIONAL)})
        messages = [actions.write(fields["text"], fields.get("reply_to"))]
    chat = world.chats.opened(actions.bot, actions.person)
    return web.json_response({"messages": [world.shown(chat, message) for message in messages]})


def _reply_to(texts: dict[str, str]) -> int | None:
    number = texts.get("reply_to")
    if number and not number.isdecimal():
        raise Refused("reply_to must be a number")
    return int(number) if number else None


async def _read_form(request: web.Request) -> tuple[dict[str, str], list[Upload]]:
    texts: dict[str, str] = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name not in ("file", "caption", "as", "reply_to"):
            raise Refused("a form may have file, caption, as and reply_to")
        data = bytes(await part.read())
        if part.name != "file":
            texts[part.name] = data.decode()
        elif len(data) > MAX_UPLOAD:
            raise Refused("the file is too large", 413)
        else:
            uploads.append(Upload(part.filename or "file", data, part.headers.get("Content-Type", "")))
    return texts, uploads


@routes.post(_CHAT + "/taps")
async def tap(request: web.Request) -> web.Response:
    """Tap an inline button."""
    fields = await read_fields(
        request, {"message_id": (int, REQUIRED), "data": (str, REQUIRED), "forged": (bool, False)}
    )
    query_id = actions_of(request).tap(fields["message_id"], fields["data"], forged=fields.get("forged", False))
    return web.json_response({"callback_query_id": query_id})


@routes.post(_CHAT + "/apps")
async def open_app(request: web.Request) -> web.Response:
    """Open the Mini App behind an inline button."""
    fields = await read_fields(request, {"message_id": (int, REQUIRED), "url": (str, REQUIRED)})
    return web.json_response({"url": actions_of(request).open_app(fields["message_id"], fields["url"])})


@routes.post(_CHAT + "/edits")
async def edit(request: web.Request) -> web.Response:
    """Edit an own message."""
    fields = await read_fields(request, {"message_id": (int, REQUIRED), "text": (str, REQUIRED)})
    return web.json_response(actions_of(request).edit(fields["message_id"], fields["text"]))


@routes.post(_CHAT + "/{verb:block|unblock}")
async def set_blocked(request: web.Request) -> web.Response:
    """Block or unblock the bot."""
    blocked = request.match_info["verb"] == "block"
    actions_of(request).set_blocked(blocked)
    return web.json_response({"blocked": blocked})
