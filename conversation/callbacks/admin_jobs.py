"""What the buttons about live jobs, vendors and pauses carry. As `callbacks`, whose prefixes are others."""

from __future__ import annotations

from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import StringConstraints

from conversation.callbacks.fields import Count, Id

Vendor = Annotated[str, StringConstraints(min_length=1, max_length=32)]
"""Of a vendor's name there is a constant in the code; jobs have room for as much."""
ClosingStep = Literal["look", "write", "close", "open"]


class LiveJobs(CallbackData, prefix="wl"):
    page: Count = 0


class FailJob(CallbackData, prefix="wf"):
    """End a live job and give the credits back; `sure` once it was asked."""

    job: Id
    sure: bool = False


class MoveJob(CallbackData, prefix="wm"):
    """Give a live job to another vendor; `sure` once it was asked."""

    job: Id
    vendor: Vendor
    sure: bool = False


class OpenVendor(CallbackData, prefix="wv"):
    vendor: Vendor


class PauseAll(CallbackData, prefix="wp"):
    """Begin nothing new, or go on; `sure` once it was asked."""

    pause: bool
    sure: bool = False


class PauseVendor(CallbackData, prefix="wq"):
    """The same for one vendor."""

    vendor: Vendor
    pause: bool
    sure: bool = False


class CloseHouse(CallbackData, prefix="wc"):
    """Maintenance. `close`: with the words in the message that the button's answers, if they still have this `mark`;
    `sure` once it was asked.
    """

    step: ClosingStep
    sure: bool = False
    mark: str = ""
