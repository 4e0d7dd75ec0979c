"""Why a photo, a clip, music or a run of ffmpeg was refused. Reasons only: what a person is told is said elsewhere."""

from __future__ import annotations

from enum import StrEnum


class MediaError(Exception):
    """Base of everything media/ raises on purpose."""


class PhotoProblem(StrEnum):
    """What is wrong with a file somebody sent as a photo."""

    EMPTY = "empty"
    TOO_LARGE_FILE = "too_large_file"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_FORMAT = "unsupported_format"  # an image or document, but no JPEG, PNG or WebP (HEIC, GIF, PDF …)
    ANIMATED = "animated"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_NARROW = "too_narrow"


class PhotoRefused(MediaError):
    """The bytes cannot become a photo of ours; `reason` says why."""

    def __init__(self, reason: PhotoProblem) -> None:
        super().__init__(reason.value)
        self.reason = reason


class ClipProblem(StrEnum):
    """What is wrong with a file that should be a finished clip."""

    EMPTY = "empty"
    NOT_A_VIDEO = "not_a_video"
    WRONG_FORMAT = "wrong_format"  # another codec or pixel format, pixels that are not square, a rotation
    WRONG_SIZE = "wrong_size"
    WRONG_LENGTH = "wrong_length"
    DAMAGED = "damaged"
    BLACK = "black"
    FROZEN = "frozen"  # one picture for all of its length


class ClipRefused(MediaError):
    """The file is not the clip that was ordered; `reason` says why, `detail` is for logs."""

    def __init__(self, reason: ClipProblem, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


class MusicProblem(StrEnum):
    """What is wrong with a file somebody sent as music."""

    EMPTY = "empty"
    TOO_LARGE_FILE = "too_large_file"
    NOT_AUDIO = "not_audio"  # nothing that we know as sound
    NO_SOUND = "no_sound"  # a film or a picture in a container that could hold sound
    DAMAGED = "damaged"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    SILENT = "silent"


class MusicRefused(MediaError):
    """The file cannot be played under a film; `reason` says why."""

    def __init__(self, reason: MusicProblem) -> None:
        super().__init__(reason.value)
        self.reason = reason


class FfmpegFailed(MediaError):
    """ffmpeg could not do it. `status` is its exit status (None: it never ended by itself, or never began)."""

    def __init__(self, message: str, *, status: int | None = None, stderr: str = "") -> None:
        super().__init__(f"{message}: {stderr}" if stderr else message)
        self.status = status
        self.stderr = stderr


class FfmpegTimeout(FfmpegFailed):
    """ffmpeg did not end within its time limit and was killed."""
