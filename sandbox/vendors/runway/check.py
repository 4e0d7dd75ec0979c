"""Checking what a task is created from, with Runway's complaints: a list of issues, each with its path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.store import Json
from sandbox.vendors.runway.models import IMAGE, MODELS, Model

MAX_TEXT = 1000  # UTF-16 code units
MAX_SEED = 4294967295
_COMMON = ("model", "promptText", "ratio", "duration", "seed")


@dataclass(frozen=True, slots=True)
class Wish:
    """A body that passed: pixels, seconds, the text, and where the first picture is."""

    model: str
    width: int
    height: int
    seconds: int
    text: str
    picture: str | None
    price: float


@dataclass(slots=True)
class _Reading:
    """A body being read. `issues` are what is wrong with it so far."""

    body: Json
    issues: list[Json] = field(default_factory=list)

    def complain(self, code: str, message: str, *path: str | int) -> None:
        self.issues.append({"code": code, "path": list(path), "message": message})

    def one_of(self, name: str, options: tuple[Any, ...], default: Any = None) -> Any:
        value = self.body.get(name, default)
        if value not in options or isinstance(value, bool):
            shown = "|".join(f'"{option}"' if isinstance(option, str) else str(option) for option in options)
            self.complain("invalid_value", f"Invalid option: expected one of {shown}", name)
        return value

    def whole(self, name: str, low: int, high: int) -> None:
        value = self.body.get(name)
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            self.complain("invalid_type", f"Invalid input: expected int, received {_kind(value)}", name)
        elif not low <= value <= high:
            code, word = ("too_small", f">={low}") if value < low else ("too_big", f"<={high}")
            self.complain(code, f"Too {code[4:]}: expected number to be {word}", name)


def check(endpoint: str, body: Json) -> tuple[Wish | None, list[Json]]:
    """Return what is wished for, or the issues that stand against it."""
    reading = _Reading(body)
    name = reading.one_of("model", tuple(MODELS[endpoint]))
    if reading.issues:
        return None, reading.issues
    model = MODELS[endpoint][name]
    _check_names(reading, model, endpoint)
    ratio = reading.one_of("ratio", model.ratios)
    seconds = _check_duration(reading, model)
    _check_text(reading, required=model.needs_text)
    reading.whole("seed", 0, MAX_SEED)
    _check_moderation(reading)
    picture = _check_picture(reading, model) if endpoint == IMAGE else None
    if reading.issues:
        return None, reading.issues
    width, height = (int(side) for side in ratio.split(":"))
    text = body.get("promptText", "")
    return Wish(name, width, height, seconds, text, picture, seconds * model.credits_per_second), []


def _check_names(reading: _Reading, model: Model, endpoint: str) -> None:
    known = {*_COMMON, *model.more, *(["promptImage"] if endpoint == IMAGE else [])}
    for name in reading.body.keys() - known:
        reading.complain("unrecognized_keys", f'Unrecognized key: "{name}" (refused by the sandbox only)', name)
    if reading.body.get("outputFormat", "mp4") != "mp4":
        reading.complain("invalid_value", "The sandbox makes mp4 only (refused by the sandbox only)", "outputFormat")


def _check_duration(reading: _Reading, model: Model) -> int:
    duration = reading.body.get("duration", model.default)
    if duration is None:
        reading.complain("invalid_type", "Invalid input: expected number, received undefined", "duration")
    elif not isinstance(duration, int) or isinstance(duration, bool):
        reading.complain("invalid_type", f"Invalid input: expected int, received {_kind(duration)}", "duration")
    elif model.lengths == tuple(range(model.lengths[0], model.lengths[-1] + 1)):
        reading.whole("duration", model.lengths[0], model.lengths[-1])
    else:
        reading.one_of("duration", model.lengths, model.default)
    return duration if isinstance(duration, int) else 0


def _check_text(reading: _Reading, *, required: bool) -> None:
    text = reading.body.get("promptText")
    if text is None and not required:
        return
    if not isinstance(text, str):
        reading.complain("invalid_type", f"Invalid input: expected string, received {_kind(text)}", "promptText")
    elif not text:
        reading.complain("too_small", "Too small: expected string to have >=1 characters", "promptText")
    elif len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT:
        reading.complain("too_big", f"Too big: expected string to have <={MAX_TEXT} characters", "promptText")


def _check_moderation(reading: _Reading) -> None:
    given = reading.body.get("contentModeration")
    if given is not None and given not in ({}, *({"publicFigureThreshold": each} for each in ("auto", "low"))):
        reading.complain("invalid_value", "Invalid input", "contentModeration", "publicFigureThreshold")


def _check_picture(reading: _Reading, model: Model) -> str | None:
    """Return where the first picture is; its form is looked at when it is read."""
    given = reading.body.get("promptImage")
    if isinstance(given, str):
        return given
    if not isinstance(given, list) or not given:
        reading.complain("invalid_type", f"Invalid input: expected string, received {_kind(given)}", "promptImage")
        return None
    places = [item.get("position") if isinstance(item, dict) else None for item in given]
    for index, (item, place) in enumerate(zip(given, places, strict=True)):
        if place not in model.positions or not isinstance(item.get("uri"), str):
            reading.complain("invalid_value", "Invalid input", "promptImage", index)
    if not reading.issues and (len(set(places)) < len(places) or "first" not in places):
        reading.complain("custom", "A first frame is needed, and one picture a position", "promptImage")
    if reading.issues:
        return None
    return str(given[places.index("first")]["uri"])


def _kind(value: object) -> str:
    """What zod calls the type of a JSON value."""
    names = {type(None): "undefined", bool: "boolean", int: "number", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")
