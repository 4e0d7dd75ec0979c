"""A piece of work at a vendor: what was ordered, what is to become of it, how far it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from sandbox.store import Json

# What is reported of work whose progress goes backwards: a share of the truth, a new one each time somebody asks.
_BACKWARDS = (1.0, 0.8, 0.2, 0.5)


class Phase(StrEnum):
    """Accepted work waits; what runs has begun; the rest are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDS = frozenset({Phase.DONE, Phase.FAILED, Phase.CANCELLED})


@dataclass(frozen=True, slots=True)
class Clip:
    """What is to be rendered: pixels and seconds. `photo` names stored bytes; without it there is a plain picture.

    `spoilt` is the kind of a fault that makes the file another than what was ordered, or "".
    """

    width: int
    height: int
    seconds: float
    photo: str | None
    label: str
    spoilt: str = ""


@dataclass(slots=True)
class Fate:
    """What ordered faults do to a piece of work. Seconds throughout.

    `failure` is `{code, message}`; with `late_after` the work succeeds that long after it was reported as failed.
    `held` is how long it waits for a slot although there is one. `redirect` is where its result's address leads.
    """

    never: bool = False
    slower: float = 0.0
    held: float = 0.0
    failure: Json | None = None
    late_after: float | None = None
    backwards: bool = False
    wrong_id: bool = False
    spoilt: str = ""
    expired_url: bool = False
    redirect: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asked for. `price` is in the vendor's unit; None is as many as the seconds it runs, failed or not.

    `model` is also the line the work stands in: so many of one model run at once. `content` is a digest of what was
    asked for, which stands in for a token where the vendor knows none. The result is kept for `keep_seconds`, all of
    it forgotten at `forget_at` (Unix time). `details` are for the vendor's own file.
    """

    vendor: str
    model: str
    content: str
    clip: Clip
    token: str | None = None
    price: float | None = None
    keep_seconds: float | None = None
    forget_at: float | None = None
    details: Json = field(default_factory=dict)


@dataclass(slots=True)
class Work:
    """An order on its way. Times are Unix time; `price` and `billed` are in the vendor's unit."""

    id: str
    number: int
    order: Order
    fate: Fate
    accepted_at: float
    ready_at: float
    render_seconds: float
    phase: Phase = Phase.WAITING
    started_at: float | None = None
    ended_at: float | None = None
    forget_at: float | None = None
    failure: Json | None = None
    billed: float = 0.0
    submissions: int = 1
    asked: int = 0

    @classmethod
    def from_saved(cls, saved: Json) -> Work:
        """Return work as it was left."""
        order = Order(**(saved["order"] | {"clip": Clip(**saved["order"]["clip"])}))
        parts = {"order": order, "fate": Fate(**saved["fate"]), "phase": Phase(saved["phase"])}
        return cls(**(saved | parts))

    @property
    def price(self) -> float:
        """What it costs if it is charged."""
        return self.render_seconds if self.order.price is None else self.order.price

    @property
    def details(self) -> Json:
        """What only the vendor's own file reads."""
        return self.order.details

    @property
    def ends_at(self) -> float | None:
        """When running work will end, None if never."""
        return None if self.started_at is None or self.fate.never else self.started_at + self.render_seconds

    @property
    def late_at(self) -> float | None:
        """When failed work will have succeeded after all."""
        if self.phase is not Phase.FAILED or self.fate.late_after is None or self.ended_at is None:
            return None
        return self.ended_at + self.fate.late_after

    def progress(self, now: float) -> float:
        """Return how much is done, 0.0 … 1.0, as the vendor reports it; asking counts."""
        if self.phase is not Phase.RUNNING or self.started_at is None:
            return 1.0 if self.phase is Phase.DONE else 0.0
        self.asked += 1
        truth = (now - self.started_at) / self.render_seconds if self.render_seconds else 1.0
        share = _BACKWARDS[(self.asked - 1) % len(_BACKWARDS)] if self.fate.backwards else 1.0
        return round(min(0.99, max(0.0, truth)) * share, 2)

    def shown(self, now: float) -> Json:
        """Return all that the control API tells of it; `told` is whether a webhook has been sent, or lost."""
        facts = asdict(self)
        order: Json = facts.pop("order")
        names = ("vendor", "model", "token", "content", "clip")
        facts |= {"price": self.price, "gone": self.is_forgotten(now), "told": bool(self.details.get("told"))}
        return {name: order[name] for name in names} | facts

    def is_forgotten(self, now: float) -> bool:
        """Whether the vendor knows nothing of it any more."""
        return self.forget_at is not None and now >= self.forget_at
