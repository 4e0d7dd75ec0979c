"""Carrying out one call, however it came: checked, recorded, answered with a result or an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sandbox.telegram.methods  # noqa: F401  # fills the table of methods
from sandbox.telegram.attachments import check_attachments
from sandbox.telegram.call import METHODS, Call
from sandbox.telegram.errors import ApiError, Forbidden, TooManyRequests
from sandbox.telegram.faults import Fault
from sandbox.telegram.media import Upload
from sandbox.telegram.model import Bot, Json
from sandbox.telegram.schema.validate import check_call
from sandbox.telegram.world import World

NO_FAULTS: Mapping[str, Fault] = {}


async def carry_out(
    world: World, bot: Bot, name: str, params: Json, uploads: dict[str, Upload], faults: Mapping[str, Fault] = NO_FAULTS
) -> tuple[Any, ApiError | None]:
    """Carry out a call and record it; return its result, or the error to answer with."""
    result: Any = None
    error: ApiError | None = None
    try:
        result = await _perform(world, bot, name, params, uploads, faults)
    except ApiError as refused:
        error = refused
    record(world, bot, name, params, uploads, error.description if error else None)
    return result, error


async def _perform(
    world: World, bot: Bot, name: str, params: Json, uploads: dict[str, Upload], faults: Mapping[str, Fault]
) -> Any:
    if name not in METHODS:
        raise ApiError(404, f"Not Found: the sandbox has no {name}")
    if "flood" in faults:
        raise TooManyRequests(faults["flood"].retry_after)
    if "forbidden" in faults:
        raise Forbidden("bot was blocked by the user")
    call = Call(world, bot, name, check_call(name, params, uploads), uploads)
    check_attachments(call)
    return await METHODS[name](call)


def record(world: World, bot: Bot, name: str, params: Json, uploads: Mapping[str, Upload], error: str | None) -> None:
    """Record a call, its files by name and size only."""
    files = {key: {"file_name": file.name, "size": len(file.data)} for key, file in uploads.items()}
    world.calls.record(world.clock(), bot.id, name, params | files, error)
