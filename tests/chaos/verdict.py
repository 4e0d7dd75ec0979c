"""Whether all adds up once a world has come to rest: its rows, what vendors were given, what people were sent."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import aiohttp

from services.inbox import LEASE_SECONDS, MAX_ATTEMPTS
from tests.chaos.books import Books
from tests.chaos.stage import Record
from tests.support.auditor import broken
from tests.support.person import Message, buttons, words
from tests.support.world import BOT_ID

OVERDUE_SECONDS = 60.0
"""The sweep looks every five seconds, and whoever has that duty may be killed: another has it 15 seconds later, and may
be killed, too. The time in which somebody was paused does not count: they may have stood still in the middle of a
write, and then nobody else writes (SQLite) or has this row (PostgreSQL)."""
ENDED = "('succeeded', 'failed', 'cancelled')"
OPEN_JOBS = f"SELECT count(*) FROM jobs WHERE state NOT IN {ENDED}"  # noqa: S608 - our own words
UNHANDLED = f"SELECT count(*) FROM inbox WHERE handled_at IS NULL AND attempts < {MAX_ATTEMPTS}"  # noqa: S608
PUT_ASIDE = f"SELECT count(*) FROM inbox WHERE handled_at IS NULL AND attempts >= {MAX_ATTEMPTS}"  # noqa: S608
FREE_SECONDS = 15.0
"""How long after its lease an update may wait to be taken up again."""
UNSENT = "SELECT count(*) FROM outbox WHERE state = 'waiting'"
ONE_WORK_A_TOKEN = ("modal", "runpod")
"""Vendors that are told our token: a token with two pieces of work was submitted twice."""

Work = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """How often people were told of what."""

    takes: Counter[int]
    """By the take's number."""
    failures: Counter[int]
    """By the person's Telegram id."""


@dataclass(frozen=True, slots=True)
class Verdict:
    figures: dict[str, object]
    wrong: list[str]


def left(books: Books, record: Record, *, brief: bool) -> dict[str, int]:
    """How much there is still to do. `brief`: without what a web process had taken in that went down since."""
    unhandled = UNHANDLED
    if brief:
        end = books.epoch("lease_until")
        unhandled += f" AND ({end} - {LEASE_SECONDS} > {record.web_down_at} OR {books.now} - {end} > {FREE_SECONDS})"
    asked = {"jobs not ended": OPEN_JOBS, "updates not handled": unhandled, "messages not sent": UNSENT}
    return {what: count for what, query in asked.items() if (count := int(books.one(query)))}


def judge(books: Books, works: list[Work], told: Told, record: Record, *, brief: bool) -> Verdict:
    wrong = [*record.wrong, *broken(books.rows)]
    wrong += [f"{count} {what}" for what, count in left(books, record, brief=brief).items()]
    if gave_up := books.one("SELECT count(*) FROM outbox WHERE state = 'given_up'"):
        wrong.append(f"{gave_up} messages given up")
    if put_aside := books.one(PUT_ASIDE):
        wrong.append(f"{put_aside} updates put aside")
    twice, live_twice = _twice(works), _live_twice(works)
    wrong += [f"submitted twice under one token: {one}" for one in twice]
    wrong += [f"live twice at once: {one}" for one in live_twice]
    untold, repeated = _untold(books, told)
    wrong += [f"never told: {one}" for one in untold]
    occasions = sum(record.kills.values()) + len(record.pauses) + record.may_repeat
    if repeated > occasions:
        wrong.append(f"{repeated} messages were repeated, for {occasions} occasions")
    overdue = _most_overdue(books, record)
    if overdue > OVERDUE_SECONDS:
        wrong.append(f"a job ended {overdue:.0f} s after its deadline, pauses not counted")
    figures: dict[str, object] = {
        **_counted(books),
        "  ended after their deadline by at most (s)": round(overdue, 1),
        "submissions": sum(one["submissions"] for one in works),
        "pieces of work at vendors": len(works),
        "double submissions under a token": len(twice),
        "orders live twice at once": len(live_twice),
        "people untold": len(untold),
        "messages repeated": repeated,
        "  occasions for that": occasions,
    }
    return Verdict(figures, wrong)


def _counted(books: Books) -> dict[str, object]:
    states = books.rows("SELECT state, count(*) FROM jobs GROUP BY state ORDER BY state")
    asked = {
        "  made elsewhere than first ordered": "SELECT count(*) FROM jobs WHERE CAST(tried AS TEXT) <> '[]'",
        "late gifts": "SELECT count(*) FROM takes WHERE gift",
        "credits created or lost": "SELECT SUM(balance) FROM accounts",
        "double captures": _DOUBLE_CAPTURES,
        "updates still under a lease": UNHANDLED,
        "updates put aside": PUT_ASIDE,
    }
    figures: dict[str, object] = {"jobs": sum(count for _, count in states)}
    figures |= {f"  {state}": count for state, count in states}
    return figures | {what: books.one(query) for what, query in asked.items()}


async def told(session: aiohttp.ClientSession, url: str, people: list[int]) -> Told:
    """What stands in everybody's chat."""
    takes: Counter[int] = Counter()
    failures: Counter[int] = Counter()
    for person in people:
        async with session.get(f"{url}/control/chats/{BOT_ID}/{person}") as answer:
            for message in (await answer.json())["messages"]:
                if message.get("from", {}).get("is_bot"):
                    takes.update(_take_of(message))
                    failures[person] += "video" not in message and "back in your balance" in words(message)
    return Told(takes, failures)


async def works(session: aiohttp.ClientSession, url: str) -> list[Work]:
    """All work at all vendors, as they remember it."""
    async with session.get(f"{url}/control/vendors/work") as answer:
        found: list[Work] = await answer.json()
        return found


_DOUBLE_CAPTURES = """SELECT count(*) FROM (SELECT hold_id FROM transfers WHERE kind = 'generation'
    GROUP BY hold_id HAVING count(*) > 1) x"""


def _take_of(message: Message) -> set[int]:
    if "video" not in message:
        return set()
    return {int(data.split(":")[1]) for _, data in buttons(message) if data.startswith("tg:")}


def _most_overdue(books: Books, record: Record) -> float:
    due, ended = books.epoch("deadline_at"), books.epoch("finished_at")
    late = books.rows(f"SELECT {due}, {ended} FROM jobs WHERE finished_at > deadline_at")  # noqa: S608 - our own words
    return max((until - since - _paused(record, since, until) for since, until in late), default=0.0)


def _paused(record: Record, since: float, until: float) -> float:
    """In how much of this time, in seconds, somebody stood still; it does not matter how many."""
    total, at = 0.0, since
    for begun, ended in sorted(record.pauses):
        start, end = max(begun, at), min(ended, until)
        if end > start:
            total, at = total + end - start, end
    return total


def _twice(works: list[Work]) -> list[str]:
    """Tokens that became more than one piece of work at a vendor that is told them."""
    tokens: dict[tuple[str, str], list[str]] = defaultdict(list)
    for work in works:
        if work["vendor"] in ONE_WORK_A_TOKEN:
            tokens[work["vendor"], work["token"]].append(work["id"])
    return [f"{vendor} {token}: {ids}" for (vendor, token), ids in tokens.items() if len(ids) > 1]


def _live_twice(works: list[Work]) -> list[str]:
    """The same order handed over again before the vendor had ended the first: what was asked for has the job's seed."""
    orders: dict[tuple[str, str], list[Work]] = defaultdict(list)
    for work in works:
        orders[work["vendor"], work["content"]].append(work)
    found = []
    for (vendor, _), same in orders.items():
        for first, second in itertools.pairwise(sorted(same, key=lambda work: work["accepted_at"])):
            if first["ended_at"] is None or first["ended_at"] > second["accepted_at"]:
                found.append(f"{vendor} {first['id']} and {second['id']}")
    return found


def _untold(books: Books, told: Told) -> tuple[list[str], int]:
    """Who was not told of an end, and how many messages came more than once."""
    takes = [take for (take,) in books.rows("SELECT id FROM takes")]
    failed: dict[int, int] = dict(
        books.rows(
            "SELECT u.telegram_id, count(*) FROM jobs j JOIN users u ON u.id = j.user_id "
            "WHERE j.state = 'failed' GROUP BY u.telegram_id"
        )
    )
    untold = [f"of take {take}" for take in takes if not told.takes[take]]
    untold += [
        f"{person} of {count - told.failures[person]} failures"
        for person, count in failed.items()
        if told.failures[person] < count
    ]
    repeated = sum(told.takes[take] - 1 for take in takes if told.takes[take])
    repeated += sum(max(0, told.failures[person] - count) for person, count in failed.items())
    return untold, repeated
