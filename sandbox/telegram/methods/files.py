"""Handing files to the bot."""

from __future__ import annotations

from sandbox.telegram.call import Call, method
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.files import MAX_DOWNLOAD, unique_id
from sandbox.telegram.model import Json


@method("getFile")
async def get_file(call: Call) -> Json:
    """Return where a file can be downloaded, if it has at most 20 MB."""
    files = call.world.files
    try:
        file = files.of_bot(call.bot.id, call.params["file_id"])
    except BadRequest:
        raise BadRequest("wrong file_id or the file is temporarily unavailable") from None
    if file.size > MAX_DOWNLOAD:
        raise BadRequest("file is too big")
    facts: Json = {"file_id": call.params["file_id"], "file_unique_id": unique_id(file)}
    return facts | {"file_size": file.size, "file_path": files.file_path(file)}
