"""A notice: what one kind of the outbox says to its reader.

Each subject has a file of its own with a dict `NOTICES`, by kind; the notifier sends what they return. A notice is
rendered when it is sent, which may be late: where nothing is left to say, it says nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from conversation.view import View
from services.desk import Services
from storage.tables import User

Notice = Callable[[Services, User, dict[str, Any]], Awaitable[View | None]]
