"""Errors a Bot API call is answered with."""

from __future__ import annotations

from sandbox.telegram.model import Json


class ApiError(Exception):
    """A refusal, sent to the bot as `{"ok": false, "error_code": code, "description": …}`."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        """Return the answer as the Bot API writes it."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


class BadRequest(ApiError):
    """400; the text follows `Bad Request: `."""

    def __init__(self, text: str) -> None:
        super().__init__(400, f"Bad Request: {text}")


class StricterThanTelegram(BadRequest):
    """400 for what Telegram lets pass silently although it is certainly a mistake."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} (refused by the sandbox only)")


class Conflict(ApiError):
    """409; the text follows `Conflict: `."""

    def __init__(self, text: str) -> None:
        super().__init__(409, f"Conflict: {text}")


class Forbidden(ApiError):
    """403; the text follows `Forbidden: `."""

    def __init__(self, text: str) -> None:
        super().__init__(403, f"Forbidden: {text}")


class TooManyRequests(ApiError):
    """429 with the seconds to wait, in `parameters` and (set by the server) in the `Retry-After` header."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
