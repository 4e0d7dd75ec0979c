"""Thousands of jobs at a vendor, written into an empty database at once, and as sound as if made one by one."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from storage.database import Database
from storage.tables import Account, Draft, Hold, Job, Outgoing, Take, Transfer, User

PRICE = 2
FINISHED = 60
"""Jobs of the past, from which the watcher knows how long such work takes."""
FIRST_CHAT = 100_000
GRANTS, REVENUE = 1, 2
"""Ids of the accounts of the house."""
ASKED_WITHIN = 50.0
"""Seconds in which each is asked about for the first time: as often as work is that can hardly be done."""
SPREAD = 0.15
"""How much longer or shorter than usual work takes."""
MODEL = {"model": "runpod-wan", "shape": "16:9", "duration_s": 5}
TABLES = (User, Account, Hold, Transfer, Draft, Job, Take, Outgoing)
Rows = dict[type[Any], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Parked:
    """A job at the vendor: its id, its owner's chat, its submission's token, and when its work ends (s since 1970)."""

    job_id: int
    chat: int
    token: str
    end: float


async def park(db: Database, count: int, *, first_end: float, rate: float) -> list[Parked]:
    """`count` people with a job each, which end from `first_end` on, at random moments, `rate` of them a second."""
    rows: Rows = {table: [] for table in TABLES}
    rows[Account] = [
        {"id": GRANTS, "user_id": None, "kind": "grants", "balance": -PRICE * (count + FINISHED)},
        {"id": REVENUE, "user_id": None, "kind": "revenue", "balance": PRICE * FINISHED},
    ]
    usual = count / rate
    ends = sorted(first_end + random.uniform(0, usual) for _ in range(count))
    found = [_parked(rows, number, end, usual) for number, end in enumerate(ends, 1)]
    for number in range(count + 1, count + FINISHED + 1):
        _finished(rows, number, usual)
    async with db.transaction() as session:
        for table, values in rows.items():
            await session.execute(insert(table), values)
            if not db.is_sqlite:
                name, last = table.__tablename__, func.max(table.id)
                await session.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))
    return found


def _parked(rows: Rows, number: int, end: float, usual: float) -> Parked:
    now = datetime.now(UTC)
    left = end - now.timestamp()
    ran = max(usual * random.uniform(1 - SPREAD, 1 + SPREAD) - left, 1.0)
    token = secrets.token_hex(16)
    _person(rows, number, held=PRICE)
    _draft(rows, number, "working")
    rows[Hold].append(_hold(number, "held", None))
    rows[Job].append(
        _job(number, token, f"work-{number}-{round(end * 1000)}", now - timedelta(seconds=ran))
        | {"state": "running", "finished_at": None}
        | {"next_poll_at": now + timedelta(seconds=random.uniform(0, ASKED_WITHIN)), "progress": min(ran / usual, 0.99)}
    )
    return Parked(number, FIRST_CHAT + number, token, end)


def _finished(rows: Rows, number: int, usual: float) -> None:
    now = datetime.now(UTC)
    begun = now - timedelta(seconds=usual * random.uniform(1 - SPREAD, 1 + SPREAD))
    _person(rows, number, held=0)
    _draft(rows, number, "open")
    rows[Hold].append(_hold(number, "captured", now))
    rows[Transfer].append(_transfer(f"capture:{number}", "generation", number, _pocket(number, 1), REVENUE, number))
    rows[Job].append(
        _job(number, secrets.token_hex(16), f"work-{number}-0", begun)
        | {"state": "succeeded", "finished_at": now, "next_poll_at": None, "progress": 1.0}
    )
    clip = {"video_key": f"{number}.mp4", "thumbnail_key": f"{number}.jpg", "width": 160, "height": 90}
    rows[Take].append(
        {"id": number, "user_id": number, "draft_id": number, "job_id": number, "number": 1, "prompt": "snow"}
        | clip
        | {"seconds": 5.0, "size_bytes": 10_000, "message_id": 2, "video_file_id": "v"}
    )
    rows[Outgoing].append(
        {"id": number, "key": f"clip_ready:{number}", "user_id": number, "kind": "clip_ready", "state": "sent"}
        | {"payload": {"take_id": number, "job_id": number}, "due_at": now, "sent_at": now}
    )


def _person(rows: Rows, number: int, *, held: int) -> None:
    rows[User].append({"id": number, "telegram_id": FIRST_CHAT + number, "first_name": "Bench", "language": "en"})
    for place, (kind, balance) in enumerate((("available", 0), ("held", held), ("debt", 0))):
        rows[Account].append({"id": _pocket(number, place), "user_id": number, "kind": kind, "balance": balance})
    rows[Transfer] += [
        _transfer(f"signup:{number}", "signup", number, GRANTS, _pocket(number, 0), None),
        _transfer(f"hold:{number}", "hold", number, _pocket(number, 0), _pocket(number, 1), number),
    ]


def _pocket(number: int, place: int) -> int:
    return REVENUE + number * 3 - 2 + place


def _transfer(key: str, kind: str, user: int, source: int, target: int, hold: int | None) -> dict[str, Any]:
    return {
        "key": key, "kind": kind, "user_id": user, "source_id": source, "target_id": target, "amount": PRICE,
        "hold_id": hold,
    }  # fmt: skip


def _hold(number: int, state: str, resolved_at: datetime | None) -> dict[str, Any]:
    return {"id": number, "user_id": number, "amount": PRICE, "state": state, "resolved_at": resolved_at}


def _draft(rows: Rows, number: int, state: str) -> None:
    rows[Draft].append(
        {"id": number, "user_id": number, "source_key": f"{number}:1", "photo_key": "photo.jpg", "prompt": "snow"}
        | {"photo_width": 160, "photo_height": 90, "state": state, "round": 1, "card_message_id": 1}
        | MODEL
    )


def _job(number: int, token: str, external_id: str, begun: datetime) -> dict[str, Any]:
    return {
        "id": number, "user_id": number, "draft_id": number, "kind": "clip", "request_key": f"draft:{number}:0",
        "params": {"photo_key": "photo.jpg", "prompt": "snow", "seed": number, **MODEL}, "price": PRICE,
        "hold_id": number, "provider": "runpod", "submission_token": token, "external_id": external_id, "fence": 1,
        "due_at": begun, "started_at": begun, "created_at": begun, "deadline_at": begun + timedelta(seconds=3600),
    }  # fmt: skip


def addresses(parked: list[Parked], public: str) -> Iterator[str]:
    """When each piece of work ends, and where the vendor then calls."""
    return (f"{one.end} {public}/providers/runpod/webhook/{one.token}" for one in parked)
