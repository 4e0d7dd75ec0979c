"""What the buttons of roles and of the log of what they did carry."""

from __future__ import annotations

from typing import Literal

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id

RoleChoice = Literal["admin", "support", "none"]


class AdminMember(CallbackData, prefix="sm"):
    """One person with a role, or without."""

    user: Id


class AdminAppoint(CallbackData, prefix="sa"):
    """Give a role, or take it (`none`); `sure` once it was asked."""

    user: Id
    role: RoleChoice
    sure: bool = False


class AdminLog(CallbackData, prefix="sw"):
    """A page of the log; of one person's doings, where `by` is not 0."""

    by: Count = 0
    page: Count = 0
