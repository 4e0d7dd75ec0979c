"""Faults ordered for coming calls, coming work and coming webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.faults import Ordered, Standing
from sandbox.store import Json
from sandbox.vendors.settings import VENDORS
from sandbox.vendors.work import Fate

CALLS = ("submit", "status", "cancel", "fetch", "upload", "write", "read")
CALL_KINDS = (
    *("latency", "stall", "drop_before", "drop_after", "rate_limit", "error", "html", "garbage", "no_credit"),
    "two_ids",
)
SPOILS = (
    *("corrupt", "truncated", "zero_bytes", "html_video", "wrong_length", "wrong_size", "black", "header_only"),
)  # fmt: skip
WORK_KINDS = (
    *("never_finish", "slow", "throttle", "moderate", "fail", "late_success", "backwards", "wrong_id"),
    *("expired_url", "redirect", *SPOILS),
)
WEBHOOK_KINDS = ("lose_webhook", "duplicate_webhook")
WRITER_KINDS = (
    *("moderate", "undecided", "bad_json", "obey", "empty_choices", "error_in_body", "finish_error", "refusal"),
)  # fmt: skip
KINDS = tuple(dict.fromkeys(CALL_KINDS + WORK_KINDS + WEBHOOK_KINDS + WRITER_KINDS))

# Where a redirect leads unless the order says: an address that must never be asked.
PRIVATE = "http://169.254.169.254/latest/meta-data/"
# How long the fault's own delay is, in seconds, unless the order says.
_DELAYS = {"latency": 1.0, "stall": 30.0, "slow": 30.0, "throttle": 5.0, "late_success": 1.0}


@dataclass(slots=True)
class Fault(Ordered):
    """`seconds` is the fault's own delay. Of `vendor`, `model` and `call` those that are given must fit."""

    vendor: str = ""
    model: str = ""
    call: str = ""
    seconds: float | None = None
    retry_after: int = 5
    status: int | None = None
    code: str = ""
    message: str = ""
    to: str = PRIVATE

    @property
    def delay(self) -> float:
        """The fault's own delay in seconds."""
        return _DELAYS.get(self.kind, 0.0) if self.seconds is None else self.seconds

    def concerns(self, vendor: str, model: str, call: str) -> bool:
        """Whether it is meant for this."""
        return all(
            mine in ("", other) for mine, other in ((self.vendor, vendor), (self.model, model), (self.call, call))
        )


class Faults(Standing[Fault]):
    def order(self, kind: str, *, for_seconds: float | None = None, **more: Any) -> Fault:
        """Order a fault. Raises ValueError for an unknown kind, vendor or call."""
        for name, value, known in (
            ("fault", kind, KINDS),
            ("vendor", more.get("vendor", ""), ("", *VENDORS)),
            ("call", more.get("call", ""), ("", *CALLS)),
        ):
            if value not in known:
                raise ValueError(f"there is no {name} called {value}")
        return self._add(partial(Fault, kind=kind, **more), for_seconds=for_seconds)

    def strike(self, kinds: tuple[str, ...], vendor: str, model: str, call: str = "") -> dict[str, Fault]:
        """Return the faults that are met, by kind, and count them as used."""
        return self._met(kinds, lambda fault: fault.concerns(vendor, model, call))

    def fate(self, vendor: str, model: str, *, refused: Json, failed: Json) -> Fate:
        """Return what becomes of new work; `refused` and `failed` are the vendor's own failures `{code, message}`."""
        met = self.strike(WORK_KINDS, vendor, model, "submit")
        failures = {"moderate": refused, "fail": failed, "late_success": failed}
        return Fate(
            never="never_finish" in met,
            slower=met["slow"].delay if "slow" in met else 0.0,
            held=met["throttle"].delay if "throttle" in met else 0.0,
            failure=next((_failure(met[kind], plain) for kind, plain in failures.items() if kind in met), None),
            late_after=met["late_success"].delay if "late_success" in met else None,
            backwards="backwards" in met,
            wrong_id="wrong_id" in met,
            spoilt=next((kind for kind in SPOILS if kind in met), ""),
            expired_url="expired_url" in met,
            redirect=met["redirect"].to if "redirect" in met else "",
        )


def _failure(fault: Fault, plain: Json) -> Json:
    return {"code": fault.code or plain["code"], "message": fault.message or plain["message"]}
