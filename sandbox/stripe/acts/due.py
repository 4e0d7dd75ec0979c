"""Doing what was put off."""

from __future__ import annotations

from contextlib import suppress

from sandbox.stripe.account import Account
from sandbox.stripe.acts.payments import settle
from sandbox.stripe.acts.sessions import expire
from sandbox.stripe.chores import Chore


def do_chore(account: Account, chore: Chore) -> None:
    """Let a bank's answer arrive (`succeed`, `fail`) or a session `expire`, unless that has happened already."""
    record = account.objects.get(chore.object_id)
    if record is None:
        return
    side = account.side(chore.root, livemode=record.livemode)
    if chore.what != "expire":
        with suppress(ValueError):  # it was settled by hand meanwhile
            settle(side, record.body, succeeds=chore.what == "succeed")
    elif record.body["status"] == "open":
        expire(side, record.body)
