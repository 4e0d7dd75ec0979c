"""A month of a small house, made up for a picture: people who came, clips that were made, packs that were sold."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from services.ledger import PURCHASES, REVENUE, TransferKind
from storage.tables import Account, Job, Payment, Transfer, User, ValueChange

DAYS, EARLIER = 30, 45
"""Of which there are figures, and of which there are only people."""
PACKS = (("stars", "XTR", 250, 10), ("stripe", "usd", 499, 10), ("stripe", "usd", 999, 25))


class Month:
    """Fills a world's database behind the product's back. The same every time, but for its dates."""

    def __init__(self, session: Session) -> None:
        self._session, self._dice, self._numbers = session, Random(17), itertools.count(1)
        house = {one.kind: one for one in session.scalars(select(Account).where(Account.user_id.is_(None)))}
        self._sold, self._earned = (self._house(house, kind) for kind in (PURCHASES, REVENUE))

    def _house(self, known: dict[str, Account], kind: str) -> Account:
        if kind not in known:
            known[kind] = Account(kind=kind, balance=0)
            self._session.add(known[kind])
        return known[kind]

    def fill(self) -> None:
        owner = self._session.scalars(select(User.id).order_by(User.id).limit(1)).one()
        self._session.add(ValueChange(name="star_cents", value=1.3, actor_id=owner))
        for age in range(DAYS + EARLIER, DAYS - 1, -1):
            self._person(age)
        for age in range(DAYS - 1, -1, -1):
            growth = 1.0 + (DAYS - age) / 12 + 0.6 * math.sin(age)
            for _ in range(round(growth * 1.4)):
                self._person(age)
            people = list(self._session.scalars(select(User).where(User.telegram_id > 10**12)))
            for _ in range(round(growth * 9)):
                self._clip(self._dice.choice(people), age)
            for _ in range(round(growth * 0.9)):
                self._sale(self._dice.choice(people), age)

    def _moment(self, age: int) -> datetime:
        now = datetime.now(UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        until = (now - midnight).total_seconds() if age == 0 else 86_400
        return midnight - timedelta(days=age) + timedelta(seconds=self._dice.uniform(0, until))

    def _person(self, age: int) -> None:
        at, number = self._moment(age), next(self._numbers)
        seen = max(at, self._moment(round(age * self._dice.random() ** 0.5)))
        user = User(telegram_id=10**12 + number, first_name=f"P{number}", language="en", created_at=at, seen_at=seen)
        self._session.add(user)
        self._session.flush()
        self._session.add(Account(user_id=user.id, kind="available", balance=3))

    def _clip(self, user: User, age: int) -> None:
        at, vendor = self._moment(age), self._dice.choices(("runway", "local"), (5, 3))[0]
        took = timedelta(seconds=self._dice.gauss(48, 6) if vendor == "runway" else self._dice.gauss(7, 1))
        done = self._dice.random() > (0.03 if vendor == "runway" else 0.01)
        job = Job(
            user_id=user.id, kind="clip", request_key=f"month:{next(self._numbers)}", params={}, price=0,
            state="succeeded" if done else "failed", failure_reason=None if done else "vendor_failed", provider=vendor,
            cost=25.0 if vendor == "runway" else None, due_at=at, deadline_at=at + timedelta(hours=1), created_at=at,
            started_at=at, finished_at=at + took,
        )  # fmt: skip
        self._session.add(job)
        if done:
            self._moves(user, TransferKind.GENERATION, 3 if vendor == "runway" else 1, at, to=self._earned)

    def _sale(self, user: User, age: int) -> None:
        at, (rail, currency, amount, credits_) = self._moment(age), self._dice.choices(PACKS, (3, 4, 2))[0]
        about = {"rail": rail, "external_id": f"month_{next(self._numbers)}", "user_id": user.id, "created_at": at}
        self._session.add(Payment(amount=amount, currency=currency, credits=credits_, state="credited", **about))
        self._moves(user, TransferKind.PURCHASE, credits_, at, by=self._sold)

    def _moves(
        self, user: User, kind: str, amount: int, at: datetime, *, by: Account | None = None, to: Account | None = None
    ) -> None:
        self._session.flush()
        own = self._session.scalars(select(Account).where(Account.user_id == user.id)).one()
        key, whose = f"month:{next(self._numbers)}", {"user_id": user.id, "created_at": at}
        ends = {"source_id": (by or own).id, "target_id": (to or own).id}
        self._session.add(Transfer(key=key, kind=kind, amount=amount, **ends, **whose))


def fill(database: Path) -> None:
    engine = create_engine(f"sqlite:///{database}")
    with Session(engine) as session, session.begin():
        Month(session).fill()
    engine.dispose()
