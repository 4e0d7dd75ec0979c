"""What the buttons about reports and about the vendors' lists carry. As `callbacks`, whose prefixes are others."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from conversation.callbacks.fields import Count, Id


class OpenReport(CallbackData, prefix="qo"):
    report: Id


class WriteAnswer(CallbackData, prefix="qa"):
    """The next text is the answer."""

    report: Id


class SendAnswer(CallbackData, prefix="qs"):
    """Send the message that the button's answers."""

    report: Id


class CloseReport(CallbackData, prefix="qc"):
    """It needs no answer; `sure` once it was asked."""

    report: Id
    sure: bool = False


class OpenLooks(CallbackData, prefix="ql"):
    """What looking at the vendors' lists has mended."""

    page: Count = 0


class WantLook(CallbackData, prefix="qw"):
    """Have them looked at now."""
