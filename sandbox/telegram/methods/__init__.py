"""The methods of the Bot API, by family. Importing this package fills the table in `call.py`."""

from sandbox.telegram.methods import (
    callbacks,
    chats,
    edits,
    files,
    inline,
    invoices,
    media,
    messages,
    settings,
    stars,
    updates,
)

__all__ = [
    "callbacks",
    "chats",
    "edits",
    "files",
    "inline",
    "invoices",
    "media",
    "messages",
    "settings",
    "stars",
    "updates",
]
