"""What the buttons about one's own data carry."""

from __future__ import annotations

from typing import Literal

from aiogram.filters.callback_data import CallbackData


class MyData(CallbackData, prefix="yd"):
    """delete is asked about twice: `really` is the second question, `gone` the answer to it."""

    what: Literal["show", "copy", "delete", "really", "gone"]
