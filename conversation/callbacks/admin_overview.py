"""What the buttons of the overview carry. As `callbacks`, whose prefixes are others."""

from __future__ import annotations

from typing import Literal

from aiogram.filters.callback_data import CallbackData


class AdminOverview(CallbackData, prefix="oz"):
    """The figures of today, of seven days or of thirty, as they are when it is tapped."""

    span: Literal["today", "week", "month"]
