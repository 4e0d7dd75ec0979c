"""Answering inline queries."""

from __future__ import annotations

import re

from sandbox.telegram import media
from sandbox.telegram.attachments import attached_file
from sandbox.telegram.call import Call, method
from sandbox.telegram.content import inline_markup, text_fields
from sandbox.telegram.errors import BadRequest, StricterThanTelegram
from sandbox.telegram.inline import Answer, Result
from sandbox.telegram.methods.media import media_fields
from sandbox.telegram.model import Json

# Bot API, answerInlineQuery.
MAX_RESULTS = 50
MAX_ID = 64
MAX_OFFSET = 64
DEFAULT_CACHE_SECONDS = 300
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
# A result's type: the kind of file, and the beginning of its field names.
_FILES = {
    "photo": ("photo", "photo"),
    "gif": ("animation", "gif"),
    "mpeg4_gif": ("animation", "mpeg4"),
    "video": ("video", "video"),
    "audio": ("audio", "audio"),
    "voice": ("voice", "voice"),
    "document": ("document", "document"),
}


@method("answerInlineQuery")
async def answer_inline_query(call: Call) -> bool:
    """Show results to who asked; the same question is answered from a cache for a while."""
    params = call.params
    _check_ids([result["id"] for result in params["results"]])
    if len(params.get("next_offset", "").encode()) > MAX_OFFSET:
        raise BadRequest("NEXT_OFFSET_INVALID")
    button = params.get("button")
    if button:
        _check_button(button)
    results = [await _result(call, result) for result in params["results"]]
    query = call.world.inline.open(call.bot.id, params["inline_query_id"])
    if query is None:
        raise BadRequest("query is too old and response timeout expired or query ID is invalid")
    seconds = params.get("cache_time", DEFAULT_CACHE_SECONDS)
    answer = Answer(results, params.get("next_offset", ""), button, seconds, params.get("is_personal", False))
    call.world.inline.answer(query, answer)
    return True


def _check_ids(ids: list[str]) -> None:
    if len(ids) > MAX_RESULTS:
        raise BadRequest("RESULTS_TOO_MUCH")
    if not all(ids):
        raise BadRequest("RESULT_ID_EMPTY")
    if any(len(id_.encode()) > MAX_ID for id_ in ids):
        raise BadRequest("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise BadRequest("RESULT_ID_DUPLICATE")


def _check_button(button: Json) -> None:
    if not button["text"].strip():
        raise BadRequest("can't parse inline query results button: button text must be non-empty")
    if ("web_app" in button) == ("start_parameter" in button):
        raise BadRequest("can't parse inline query results button: exactly one of the optional fields must be used")
    if "start_parameter" in button and not _START_PARAMETER.fullmatch(button["start_parameter"]):
        raise BadRequest("START_PARAM_INVALID")


async def _result(call: Call, result: Json) -> Result:
    kind = result["type"]
    if kind != "article" and kind not in _FILES:
        raise StricterThanTelegram(f"the sandbox has no inline results of type {kind}")
    file = {} if kind == "article" else await _file_content(call, result)
    content = _text_content(result["input_message_content"]) if "input_message_content" in result else file
    listed = {name: result[name] for name in ("id", "type", "title", "description") if name in result}
    return Result(result["id"], listed | await _pictures(call, result, file), content | inline_markup(result))


async def _file_content(call: Call, result: Json) -> Json:
    kind, prefix = _FILES[result["type"]]
    source = result.get(f"{prefix}_file_id") or result[f"{prefix}_url"]
    return await media_fields(call, kind, source, result)


def _text_content(content: Json) -> Json:
    if "message_text" not in content:
        raise StricterThanTelegram("the sandbox has inline messages of text only")
    return text_fields(content | {"text": content["message_text"]})


async def _pictures(call: Call, result: Json, file: Json) -> Json:
    """Return the addresses from which the page shows a result; a thumbnail that cannot be had is left out."""
    found = media.of_message(file)
    if found is not None:
        kind, main = found
        small = file["photo"][min(1, len(file["photo"]) - 1)] if kind == "photo" else main.get("thumbnail")
        urls = {"media_url": f"/control/files/{main['file_id']}"}
        return urls | ({"thumb_url": f"/control/files/{small['file_id']}"} if small else {})
    if "thumbnail_url" not in result:
        return {}
    try:
        photo = await attached_file(call, "photo", result["thumbnail_url"], {})
    except BadRequest:
        return {}
    sizes = media.as_json(call.world.files, call.bot.id, photo)["photo"]
    return {"thumb_url": f"/control/files/{sizes[min(1, len(sizes) - 1)]['file_id']}"}
