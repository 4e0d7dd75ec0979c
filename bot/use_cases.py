"""The use cases of this deployment, built on what the settings say there is."""

from __future__ import annotations

from dataclasses import dataclass

from bot.settings import Settings
from providers.payments import CardDesk, StarsDesk
from providers.writing import Writer
from services.banning import Banning
from services.broadcasts.broadcasts import Broadcasts
from services.cards import Cards
from services.catalogue import Catalogue
from services.closing import Closing
from services.codes import Codes
from services.desk import Services
from services.dialogue import Dialogue
from services.drafts import Drafts
from services.editing import Editing
from services.figures import Figures
from services.films.films import Films
from services.films.quota import DailyQuota
from services.helping import Helping
from services.inquiries.check import Checks
from services.inquiries.improve import Improve
from services.jobs.cancel import Cancel
from services.jobs.dead import DeadLetters
from services.jobs.kinds import JobKind
from services.jobs.outcome import Outcomes
from services.jobs.pausing import Pausing
from services.jobs.queue import JobQueue, Wake
from services.jobs.relocating import Relocating
from services.jobs.sheets import Sheets
from services.jobs.steering import Steering
from services.leavers import Leavers
from services.live.live import Live
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
from services.storyboard import Storyboard
from services.support import Support
from services.takes import Takes
from services.users import Users
from services.wallet import Wallet
from storage.database import Database
from storage.objects.base import ObjectStore

FILM_APP = "/app/film"
"""Below it each project has the player as a Mini App (webhooks.player)."""
PLAYER = "/p"
"""Below it each shared project is played (webhooks.player)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the use cases stand on."""

    settings: Settings
    db: Database
    store: ObjectStore
    soundtracks: Soundtracks
    catalogue: Catalogue
    live: Live
    kinds: dict[str, JobKind]
    outcomes: Outcomes
    wake: Wake
    writer: Writer | None
    stars: StarsDesk
    cards: CardDesk | None


def open_services(ground: Ground) -> Services:
    settings, db, store, catalogue, live = ground.settings, ground.db, ground.store, ground.catalogue, ground.live
    outcomes, wake, thinks = ground.outcomes, ground.wake, ground.writer is not None
    relocating = Relocating(db, catalogue, ground.kinds)
    stars = Stars(db, ground.stars)
    card_payments = CardPayments(db, ground.cards, livemode=settings.stripe_livemode, bot_id=settings.bot_id)
    leavers = Leavers(settings.derived_secret("people who left"))
    referrals, promos = Referrals(db, live.values), Promos(db)
    payments = PaymentDesk(db, {STARS: stars.give_back} | ({STRIPE: card_payments.refund} if ground.cards else {}))
    cancel, staff = Cancel(db, outcomes), Staff(db, owners=settings.admin_ids)
    return Services(
        users=Users(db, live.values, leavers=leavers),
        dialogue=Dialogue(db),
        drafts=Drafts(db, store, catalogue),
        ordering=Ordering(db, catalogue, wake, settings.job_deadline_seconds, Checks(db) if thinks else None),
        cards=Cards(db, catalogue, live.values, thinks=thinks),
        improve=Improve(db, on=thinks),
        cancel=cancel,
        dead=DeadLetters(db, catalogue, ground.kinds, wake, settings.job_deadline_seconds),
        sheets=Sheets(relocating),
        steering=Steering(relocating, outcomes, wake),
        pausing=Pausing(relocating, live, JobQueue(db, live), wake),
        takes=Takes(db, store),
        projects=Projects(db, player=f"{settings.address}{FILM_APP}" if settings.opens_mini_apps else None),
        editing=Editing(db),
        wallet=Wallet(db),
        orders=Orders(db, rails=settings.rails, livemode=settings.stripe_livemode),
        stars=stars,
        card_payments=card_payments,
        payments=payments,
        referrals=referrals,
        promos=promos,
        codes=Codes(promos, referrals),
        sharing=Sharing(db, live.values, player=_player(settings)),
        storyboard=Storyboard(db),
        screenings=Screenings(db, store),
        soundtracks=ground.soundtracks,
        films=Films(db, store, wake, DailyQuota(live.values), settings.job_deadline_seconds, live.values),
        receipts=Receipts(db),
        support=Support(db, live.values, owners=settings.admin_ids),
        outbox=Outbox(db),
        staff=staff,
        audit=AuditLog(db),
        figures=Figures(db),
        people=People(db, staff, payments),
        helping=Helping(db),
        banning=Banning(db, cancel, staff),
        personal_data=PersonalData(db, cancel, staff, leavers),
        live=live,
        closing=Closing(live, staff),
        catalogue=catalogue,
        broadcasts=Broadcasts(db),
        packs=Packs(db, cards=STRIPE in settings.rails, livemode=settings.stripe_livemode),
        reports=Reports(db),
        looks=Looks(db, [STARS, STRIPE] if ground.cards else [STARS]),
    )


def _player(settings: Settings) -> str | None:
    """Where links to shared projects lead; nowhere without an address that others can open."""
    return f"{settings.address}{PLAYER}" if settings.public_url or settings.talks_to_sandbox else None
