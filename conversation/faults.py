"""What aiogram's exceptions mean for something that must be delivered: never, or later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

NETWORK_SECONDS = 2.0
GONE_CHATS = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was blocked")


class Undeliverable(Exception):
    """It can never be delivered. `gone`: nothing else can be delivered to this person either."""

    def __init__(self, message: str, *, gone: bool = False) -> None:
        super().__init__(message)
        self.gone = gone


class TryLater(Exception):
    """It could not be delivered now; `seconds` is the least to wait."""

    def __init__(self, seconds: float, message: str = "") -> None:
        super().__init__(message or f"again in {seconds:.0f} s")
        self.seconds = seconds


@contextmanager
def translated() -> Iterator[None]:
    """Turns aiogram's exceptions into Undeliverable or TryLater.

    A 400 that is about the message and not the chat stays what it is: our own fault, to be seen in the logs.
    """
    try:
        yield
    except TelegramRetryAfter as error:
        raise TryLater(float(error.retry_after)) from error
    except TelegramForbiddenError as error:
        raise Undeliverable(error.message, gone=True) from error
    except TelegramEntityTooLarge as error:  # before the network errors: aiogram counts it among them
        raise Undeliverable(error.message) from error
    except TelegramBadRequest as error:
        if any(sign in error.message.lower() for sign in GONE_CHATS):
            raise Undeliverable(error.message, gone=True) from error
        raise
    except (TelegramNetworkError, TelegramServerError) as error:
        raise TryLater(NETWORK_SECONDS, type(error).__name__) from error
    except ClientDecodeError as error:
        # Not Telegram but something on the way answered, with a page for people.
        raise TryLater(NETWORK_SECONDS, "the answer was no JSON") from error


def says_unchanged(error: TelegramBadRequest) -> bool:
    return "message is not modified" in error.message


def says_gone(error: TelegramBadRequest) -> bool:
    """The message was deleted, or cannot be edited for some other reason that will not pass."""
    return "message to edit not found" in error.message or "message can't be edited" in error.message
