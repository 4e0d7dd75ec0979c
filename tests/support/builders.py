"""People, drafts, jobs and takes for tests, made the way the product makes them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from media.verify import ClipFacts
from providers.writing import Writer
from services import ledger
from services.alerts import Alerts
from services.banning import Banning
from services.broadcasts.broadcasts import Broadcasts
from services.cards import Cards
from services.catalogue import Catalogue
from services.closing import Closing
from services.codes import Codes
from services.dialogue import Dialogue
from services.drafts import Arrival, Drafts
from services.editing import Editing
from services.figures import Figures
from services.films.films import Films
from services.films.kind import FilmKind
from services.films.maker import FilmMaker
from services.films.quota import DailyQuota
from services.helping import Helping
from services.inquiries.answering import Answering
from services.inquiries.check import Checks
from services.inquiries.improve import Improve
from services.jobs import states
from services.jobs.cancel import Cancel
from services.jobs.clip import ClipKind, Stored, clip_name
from services.jobs.dead import DeadLetters
from services.jobs.detours import Detours
from services.jobs.health import Health
from services.jobs.hints import Hints
from services.jobs.kinds import JobKind
from services.jobs.late import LateResults
from services.jobs.outcome import Outcomes
from services.jobs.pausing import Pausing
from services.jobs.queue import Claim, JobQueue
from services.jobs.relocating import Relocating
from services.jobs.runner import Runner
from services.jobs.sheets import Sheets
from services.jobs.steering import Steering
from services.jobs.sweep import Sweep
from services.jobs.verdicts import Verdicts
from services.jobs.watcher import Watcher
from services.leavers import Leavers
from services.live.live import Live
from services.live.values import Values
from services.ordering import Ordering
from services.outbox import Outbox
from services.packs import Packs
from services.payments.admin import PaymentDesk
from services.payments.cards import CardPayments
from services.payments.facts import STARS, STRIPE
from services.payments.looks import Looks
from services.payments.orders import Orders
from services.payments.stars import Stars
from services.people import People
from services.personal_data import PersonalData
from services.projects import Projects
from services.promos import Promos
from services.receipts import Receipts
from services.referrals import Referrals
from services.reports import Reports
from services.screenings import Screenings
from services.sharing import Sharing
from services.soundtracks import Soundtracks
from services.staff.audit import AuditLog
from services.staff.members import Staff
from services.staff.rights import Actor, Role
from services.storyboard import Storyboard
from services.support import Support
from services.takes import Takes
from services.users import Newcomer, Users
from services.wallet import Wallet
from storage.database import Database
from storage.objects.local import LocalStore
from storage.tables import Draft, Job, Pack, PackLink, Take, User
from tests.support.desks import CardCounter, StarsCounter
from tests.support.photographs import jpeg
from tests.support.vendor import Vendor, real_clip

LEAVERS = Leavers("a secret of the tests")
_numbers = itertools.count(1000)
BOT_ID = 42
START = Values(signup_credits=10, referral_credits=2, share_credits=2, share_daily_limit=5, films_a_day=5)
"""What is in force where nothing was set."""
OWNER = 777
"""The Telegram id of who runs the bot."""


@dataclass
class Woken:
    """Remembers which jobs workers were woken for; a wake-up here always comes through."""

    jobs: list[int] = field(default_factory=list)

    async def __call__(self, job_id: int) -> None:
        self.jobs.append(job_id)


class Shop:
    """All services over one database and one folder of objects, with one vendor, as the product wires them."""

    def __init__(
        self, db: Database, folder: Path, vendor: Vendor, *others: Vendor, writer: Writer | None = None
    ) -> None:
        """`others`: in the order in which work goes to them where `vendor` fails; `writer`: there is one to ask."""
        self.db, self.folder, self.vendor = db, folder, vendor
        self.woken = Woken()
        self.store = LocalStore(folder, signing_secret="canary", public_url="http://127.0.0.1:1")
        self.soundtracks = Soundtracks(db, self.store)
        self.film_maker = FilmMaker(db, self.store, self.soundtracks, folder.parent)
        self.catalogue = Catalogue([vendor, *others], others=[self.film_maker])
        self.kind = ClipKind(self.store)
        kinds: dict[str, JobKind] = {ClipKind.name: self.kind, FilmKind.name: FilmKind(self.store)}
        self.kinds = kinds
        self.outcomes = Outcomes(db, kinds)
        self.live = Live(db, START)
        self.live.tell(self.catalogue.adopt)
        self.queue = JobQueue(db, self.live)
        self.sweep = Sweep(db, self.queue, self.outcomes, self.woken)
        self.health = Health(db)
        self.alerts = Alerts(db, owners=[OWNER])
        self.verdicts = Verdicts(self.outcomes, self.catalogue, kinds, self.health, self.alerts)
        self.watcher = Watcher(db, self.outcomes, self.catalogue, self.verdicts, self.woken)
        self.hints = Hints(db, self.catalogue, self.woken)
        self.late = LateResults(db, self.catalogue, kinds)
        self.dialogue = Dialogue(db)
        checks = Checks(db) if writer else None
        self.drafts = Drafts(db, self.store, self.catalogue)
        self.ordering = Ordering(db, self.catalogue, self.woken, states.DEADLINE_SECONDS, checks)
        self.cards = Cards(db, self.catalogue, self.live.values, thinks=writer is not None)
        self.improve = Improve(db, on=writer is not None)
        self.writer = writer
        self.cancel = Cancel(db, self.outcomes)
        self.dead = DeadLetters(db, self.catalogue, kinds, self.woken)
        self.takes = Takes(db, self.store)
        self.projects = Projects(db)
        self.editing = Editing(db)
        self.wallet = Wallet(db)
        self.receipts = Receipts(db)
        self.support = Support(db, self.live.values, owners=[OWNER])
        self.outbox = Outbox(db)
        self.staff = Staff(db, owners=[OWNER])
        self.closing = Closing(self.live, self.staff)
        self.audit = AuditLog(db)
        self.figures = Figures(db)
        self.broadcasts = Broadcasts(db)
        self.packs = Packs(db, cards=True, livemode=False)
        self.referrals = Referrals(db, self.live.values)
        self.promos = Promos(db)
        self.codes = Codes(self.promos, self.referrals)
        self.sharing = Sharing(db, self.live.values, player="https://echoes.example/p")
        self.storyboard = Storyboard(db)
        self.screenings = Screenings(db, self.store)
        self.films = Films(
            db, self.store, self.woken, DailyQuota(self.live.values), states.DEADLINE_SECONDS, self.live.values
        )
        self._open_till(db)
        self._open_office(db)

    def _open_till(self, db: Database) -> None:
        self.orders = Orders(db, rails=("stars", "stripe"), livemode=False)
        self.counter = StarsCounter()
        self.stars = Stars(db, self.counter)
        self.card_counter = CardCounter()
        self.card_payments = CardPayments(db, self.card_counter, livemode=False, bot_id=BOT_ID)
        self.payments = PaymentDesk(db, {STARS: self.stars.give_back, STRIPE: self.card_payments.refund})

    def _open_office(self, db: Database) -> None:
        """What staff does with jobs and people."""
        relocating = Relocating(db, self.catalogue, self.kinds)
        self.sheets = Sheets(relocating)
        self.steering = Steering(relocating, self.outcomes, self.woken)
        self.pausing = Pausing(relocating, self.live, self.queue, self.woken)
        self.detours = Detours(relocating, self.woken)
        self.people = People(db, self.staff, self.payments)
        self.helping = Helping(db)
        self.reports = Reports(db)
        self.looks = Looks(db, [STARS, STRIPE])
        self.banning = Banning(db, self.cancel, self.staff)
        self.personal_data = PersonalData(db, self.cancel, self.staff, LEAVERS)

    def worker(self) -> Runner:
        return Runner(self.queue, self.outcomes, self.catalogue, self.kinds, self.health, self.verdicts)

    async def answers(self) -> int:
        """The writer is asked all that waits. Returns how much that was."""
        assert self.writer is not None, "there is nobody to ask"
        answering = Answering(
            self.db, self.store, self.catalogue, self.writer, self.ordering, self.alerts, self.live.values
        )
        asked = await answering.claim(100)
        for one in asked:
            await answering.answer(one)
        return len(asked)

    async def balance(self, user: User) -> tuple[int, int]:
        """Available and held credits."""
        async with self.db.reading() as session:
            money = await ledger.balance(session, user.id)
            return money.available, money.held

    async def draft_of(self, user: User, *, album: str | None = None, caption: str = "snow") -> Draft:
        arrival = Arrival(f"{user.telegram_id}:{next(_numbers)}", photograph(), caption, album)
        return await self.drafts.open(user, arrival)

    async def job_of(self, user: User, draft: Draft | None = None) -> Job:
        """A queued job, of a new draft where none is given."""
        draft = draft or await self.draft_of(user)
        return await self.ordering.generate(user.id, draft.id, draft.round)

    async def claim(self, owner: str = "worker") -> Claim:
        claim = await self.queue.claim_next(owner)
        assert claim is not None, "there is no job to claim"
        return claim

    async def take_of(self, user: User, draft: Draft | None = None) -> Take:
        """A finished take, of a new draft where none is given. No other job may be waiting."""
        if draft is not None:
            draft = await self.drafts.get(user.id, draft.id)
        job = await self.job_of(user, draft)
        claim = await self.claim()
        assert claim.job.id == job.id, "another job was waiting"
        await self.outcomes.succeed(claim, await self.stored(claim))
        async with self.db.reading() as session:
            return (await session.execute(select(Take).where(Take.job_id == job.id))).scalar_one()

    async def boss(self) -> Actor:
        """An owner, at work."""
        owner = Newcomer(OWNER, "Olga", language_code="en")
        return Actor((await Users(self.db, values(signup_credits=0)).meet(owner))[0].id, Role.OWNER)

    async def stored(self, claim: Claim) -> Stored:
        """What the clip kind hands on once a clip is checked and stored, without the checking."""
        clip = real_clip()
        key = clip_name(claim.job)
        await self.store.put(f"{key}.mp4", clip, "video/mp4")
        await self.store.put(f"{key}.jpg", photograph(), "image/jpeg")
        return Stored(ClipFacts(160, 90, 5.0, 40, len(clip)), f"{key}.mp4", f"{key}.jpg")

    async def job(self, job_id: int) -> Job:
        """A job as it stands now."""
        async with self.db.reading() as session:
            return await session.get_one(Job, job_id)


def values(**others: Any) -> Callable[[], Values]:
    """As at the start, but for those."""
    now = START.model_copy(update=others)
    return lambda: now


async def create_user(db: Database, name: str = "Alice", *, credits_: int = 10) -> User:
    """A registered user with so many credits."""
    user, _ = await Users(db, values(signup_credits=credits_)).meet(Newcomer(next(_numbers), name, language_code="en"))
    return user


async def create_pack(
    db: Database, *, credits_: int = 10, cents: int = 499, stars: int = 250, linked: bool = True
) -> Pack:
    """A pack on the shelf; `linked`: with a Payment Link in test mode that agrees with it."""
    async with db.transaction() as session:
        pack = Pack(name="Taster", credits=credits_, cents=cents, currency="usd", stars=stars)
        session.add(pack)
        await session.flush()
        if linked:
            session.add(_link(pack))
        return pack


def _link(pack: Pack) -> PackLink:
    number = next(_numbers)
    return PackLink(
        pack_id=pack.id,
        link_id=f"plink_{number}",
        url=f"http://127.0.0.1:1/pay/{number}",
        name=pack.name,
        credits=pack.credits,
        cents=pack.cents,
        currency=pack.currency,
        return_url="http://127.0.0.1:1/return",
        livemode=False,
    )


def photograph() -> bytes:
    """A real photograph, small enough to be normalised in a moment."""
    return jpeg("chelsea", size=(320, 213))
