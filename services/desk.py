"""All use cases under one roof, as the doors receive them."""

from __future__ import annotations

from dataclasses import dataclass

from services.banning import Banning
from services.broadcasts.broadcasts import Broadcasts
from services.cards import Cards
from services.catalogue import Catalogue
from services.closing import Closing
from services.codes import Codes
from services.dialogue import Dialogue
from services.drafts import Drafts
from services.editing import Editing
from services.figures import Figures
from services.films.films import Films
from services.helping import Helping
from services.inquiries.improve import Improve
from services.jobs.cancel import Cancel
from services.jobs.dead import DeadLetters
from services.jobs.pausing import Pausing
from services.jobs.sheets import Sheets
from services.jobs.steering import Steering
from services.live.live import Live
from services.ordering import Ordering
from services.outbox import Outbox
from services.packs import Packs
from services.payments.admin import PaymentDesk
from services.payments.cards import CardPayments
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


@dataclass(frozen=True, slots=True)
class Services:
    users: Users
    dialogue: Dialogue
    drafts: Drafts
    ordering: Ordering
    cards: Cards
    improve: Improve
    cancel: Cancel
    dead: DeadLetters
    sheets: Sheets
    steering: Steering
    pausing: Pausing
    takes: Takes
    projects: Projects
    editing: Editing
    wallet: Wallet
    orders: Orders
    stars: Stars
    card_payments: CardPayments
    payments: PaymentDesk
    referrals: Referrals
    promos: Promos
    codes: Codes
    sharing: Sharing
    storyboard: Storyboard
    screenings: Screenings
    soundtracks: Soundtracks
    films: Films
    receipts: Receipts
    support: Support
    outbox: Outbox
    staff: Staff
    audit: AuditLog
    figures: Figures
    people: People
    helping: Helping
    banning: Banning
    personal_data: PersonalData
    live: Live
    closing: Closing
    catalogue: Catalogue
    broadcasts: Broadcasts
    packs: Packs
    reports: Reports
    looks: Looks
