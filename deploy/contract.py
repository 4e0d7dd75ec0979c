"""The job a GPU worker is given, checked, and the ways it may say no. The other side is providers/remote/worker.py."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import Any

SIZES = {"16:9": (1280, 704), "9:16": (704, 1280), "1:1": (960, 960)}
"""Width and height in pixels; the model below works in steps of 32."""
LENGTHS = (5,)
"""Seconds. Asked for more, the model repeats itself."""
FRAME_RATE = 24


class BadJob(ValueError):
    """The job cannot be done as it stands, now or ever. The text says why, and may be shown to whoever runs the bot."""


@dataclass(frozen=True, slots=True)
class Job:
    token: str
    photo: bytes
    """JPEG."""
    prompt: str
    size: tuple[int, int]
    seconds: int
    seed: int

    @property
    def frames(self) -> int:
        """The model makes groups of four and one more: 121 for five seconds."""
        return math.ceil(self.seconds * FRAME_RATE / 4) * 4 + 1


def read(given: Any) -> Job:
    """Raises BadJob."""
    if not isinstance(given, dict):
        raise BadJob("the job is no object")
    if given.get("shape") not in SIZES:
        raise BadJob(f"shape must be one of {', '.join(SIZES)}")
    if given.get("duration_s") not in LENGTHS:
        raise BadJob(f"duration_s must be one of {LENGTHS}")
    token, prompt, seed = given.get("token"), given.get("prompt"), given.get("seed")
    if not (isinstance(token, str) and token and isinstance(prompt, str) and isinstance(seed, int)):
        raise BadJob("token, prompt and seed are needed")
    try:
        photo = base64.b64decode(given.get("image_base64", ""), validate=True)
    except (TypeError, ValueError):
        photo = b""
    if not photo.startswith(b"\xff\xd8"):
        raise BadJob("image_base64 is no JPEG in base64")
    return Job(token, photo, prompt, SIZES[given["shape"]], given["duration_s"], seed)


def no(reason: str, message: str) -> dict[str, dict[str, str]]:
    """`reason` is refused, bad_input, busy, bad_result or internal."""
    return {"error": {"reason": reason, "message": message[:300]}}
