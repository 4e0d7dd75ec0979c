"""The composition root: everything is built here from the settings, and nowhere else.

Tests build the same house and hand in what they want to be different.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.types import LinkPreviewOptions

from bot.card_rail import CardRail, open_card_rail, open_desk
from bot.session import Session
from bot.settings import Settings
from bot.vendors import open_makers, open_writer
from conversation.i18n import Words
from conversation.notifier import Notifier
from providers.base import Provider
from providers.stars import TelegramStars
from providers.writing import Writer
from services.banning import Banning
from services.broadcasts.broadcasts import Broadcasts
from services.cards import Cards
from services.catalogue import Catalogue
from services.codes import Codes
from services.desk import Services
from services.dialogue import Dialogue
from services.drafts import Drafts
from services.editing import Editing
from services.figures import Figures
from services.films.films import Films
from services.films.kind import FilmKind
from services.films.maker import FilmMaker
from services.films.quota import DailyQuota
from services.helping import Helping
from services.inquiries.check import Checks
from services.inquiries.improve import Improve
from services.jobs.cancel import Cancel
from services.jobs.clip import ClipKind
from services.jobs.dead import DeadLetters
from services.jobs.hints import Hints
from services.jobs.kinds import JobKind
from services.jobs.outcome import Outcomes
from services.jobs.queue import Wake
from services.leavers import Leavers
from services.live.live import Live
from services.live.values import Values
from services.ordering import Ordering
from services.outbox import Outbox
from services.packs import Packs
from services.payments.admin import PaymentDesk
from services.payments.cards import CardPayments
from services.payments.facts import STARS, STRIPE
from services.payments.orders import Orders
from services.payments.stars import Stars
from services.people import People
from services.personal_data import PersonalData
from services.projects import Projects
from services.promos import Promos
from services.receipts import Receipts
from services.referrals import Referrals
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
from storage.objects import open_store
from storage.objects.base import ObjectStore

FILM_APP = "/app/film"
"""Below it each project has the player as a Mini App (webhooks.player)."""
PLAYER = "/p"
"""Below it each shared project is played (webhooks.player)."""
SEND_SECONDS = 120.0
"""A 50 MB upload over a slow line; aiogram's own default is 60."""


@dataclass(frozen=True, slots=True)
class House:
    """What every process needs. `close()` it at the end."""

    settings: Settings
    db: Database
    store: ObjectStore
    catalogue: Catalogue
    kinds: dict[str, JobKind]
    outcomes: Outcomes
    hints: Hints
    writer: Writer | None
    services: Services
    card_rail: CardRail | None
    bot: Bot
    words: Words
    notifier: Notifier

    def values(self) -> Values:
        """Those in force now."""
        return self.services.live.now

    async def close(self) -> None:
        for provider in self.catalogue.providers.values():
            await provider.close()
        if self.writer:
            await self.writer.close()
        if self.card_rail:
            await self.card_rail.desk.close()
        await self.bot.session.close()
        await self.store.close()
        await self.db.close()


def open_house(settings: Settings, *, wake: Wake, providers: list[Provider] | None = None) -> House:
    """Build the house. `wake` tells workers of new jobs; `providers` stand in for those of the settings."""
    db, public = Database(settings.database_url), settings.address
    store = open_store(settings.storage_url, signing_secret=settings.derived_secret("media links"), public_url=public)
    soundtracks = Soundtracks(db, store)
    films = FilmMaker(db, store, soundtracks)
    makers = open_makers(settings) if providers is None else providers
    usual = settings.makers if providers is None else {one.name: settings.makers.get(one.name, 1) for one in makers}
    catalogue = Catalogue(makers, usual, [films])
    live = Live(db, _values(settings, usual))
    live.tell(catalogue.adopt)
    kinds: dict[str, JobKind] = {ClipKind.name: ClipKind(store), FilmKind.name: FilmKind(store)}
    outcomes = Outcomes(db, kinds)
    hints, writer = Hints(db, catalogue, wake), open_writer(settings)
    bot = _bot(settings)

    def values() -> Values:
        return live.now

    stars, desk = Stars(db, TelegramStars(bot)), open_desk(settings)
    card_payments = CardPayments(db, desk, livemode=settings.stripe_livemode, bot_id=settings.bot_id)
    leavers = Leavers(settings.derived_secret("people who left"))
    referrals, promos = Referrals(db, values), Promos(db)
    payments = PaymentDesk(db, {STARS: stars.give_back} | ({STRIPE: card_payments.refund} if desk else {}))
    cancel, staff = Cancel(db, outcomes), Staff(db, owners=settings.admin_ids)
    services = Services(
        users=Users(db, values, leavers=leavers),
        dialogue=Dialogue(db),
        drafts=Drafts(db, store, catalogue),
        ordering=Ordering(db, catalogue, wake, settings.job_deadline_seconds, Checks(db) if writer else None),
        cards=Cards(db, catalogue, thinks=writer is not None),
        improve=Improve(db, on=writer is not None),
        cancel=cancel,
        dead=DeadLetters(db, catalogue, kinds, wake, settings.job_deadline_seconds),
        takes=Takes(db, store),
        projects=Projects(db, player=f"{public}{FILM_APP}" if settings.opens_mini_apps else None),
        editing=Editing(db),
        wallet=Wallet(db),
        orders=Orders(db, rails=settings.rails, livemode=settings.stripe_livemode),
        stars=stars,
        card_payments=card_payments,
        payments=payments,
        referrals=referrals,
        promos=promos,
        codes=Codes(promos, referrals),
        sharing=Sharing(db, values, player=_player(settings, public)),
        storyboard=Storyboard(db),
        screenings=Screenings(db, store),
        soundtracks=soundtracks,
        films=Films(db, store, wake, DailyQuota(values), settings.job_deadline_seconds),
        receipts=Receipts(db),
        support=Support(db, values, owners=settings.admin_ids),
        outbox=Outbox(db),
        staff=staff,
        audit=AuditLog(db),
        figures=Figures(db),
        people=People(db, staff, payments),
        helping=Helping(db),
        banning=Banning(db, cancel, staff),
        personal_data=PersonalData(db, cancel, staff, leavers),
        live=live,
        broadcasts=Broadcasts(db),
        packs=Packs(db, cards=STRIPE in settings.rails, livemode=settings.stripe_livemode),
    )
    words = Words()
    notifier = Notifier(bot, services, words)
    rail = open_card_rail(settings, db, bot, desk, card_payments) if desk else None
    return House(settings, db, store, catalogue, kinds, outcomes, hints, writer, services, rail, bot, words, notifier)


def _bot(settings: Settings) -> Bot:
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    session = Session(api=server, timeout=SEND_SECONDS)
    # Spelled out: aiogram's shorthand also sends the parameter that link_preview_options has replaced.
    defaults = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview=LinkPreviewOptions(is_disabled=True))
    return Bot(settings.telegram_bot_token.get_secret_value(), session=session, default=defaults)


def _player(settings: Settings, public: str) -> str | None:
    """Where links to shared projects lead; nowhere without an address that others can open."""
    return f"{public}{PLAYER}" if settings.public_url or settings.talks_to_sandbox else None


def _values(settings: Settings, makers: dict[str, int]) -> Values:
    """What the environment says of what can be set without a deploy, and who makes clips by it."""
    return Values(
        signup_credits=settings.signup_credits,
        referral_credits=settings.referral_credits,
        referral_vests=settings.referral_vests,
        share_credits=settings.share_credits,
        share_daily_limit=settings.share_daily_limit,
        films_a_day=settings.films_a_day,
        makers=makers,
        support_contact=settings.support_contact,
    )
