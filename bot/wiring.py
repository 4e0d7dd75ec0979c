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
from bot.use_cases import Ground, open_services
from bot.vendors import open_makers, open_writer
from conversation.i18n import Words
from conversation.notifier import Notifier
from providers.base import Provider
from providers.stars import TelegramStars
from providers.writing import Writer
from services.catalogue import Catalogue
from services.desk import Services
from services.films.kind import FilmKind
from services.films.maker import FilmMaker
from services.jobs.clip import ClipKind
from services.jobs.hints import Hints
from services.jobs.kinds import JobKind
from services.jobs.outcome import Outcomes
from services.jobs.queue import Wake
from services.live.live import Live
from services.live.values import Values
from services.soundtracks import Soundtracks
from storage.database import Database
from storage.objects import open_store
from storage.objects.base import ObjectStore

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
    db, address = Database(settings.database_url), settings.address
    store = open_store(settings.storage_url, signing_secret=settings.derived_secret("media links"), public_url=address)
    soundtracks = Soundtracks(db, store)
    makers = open_makers(settings) if providers is None else providers
    usual = settings.makers if providers is None else {one.name: settings.makers.get(one.name, 1) for one in makers}
    catalogue = Catalogue(makers, usual, [FilmMaker(db, store, soundtracks)])
    live = Live(db, _values(settings, usual))
    live.tell(catalogue.adopt)
    kinds: dict[str, JobKind] = {ClipKind.name: ClipKind(store), FilmKind.name: FilmKind(store)}
    outcomes, hints, writer = Outcomes(db, kinds), Hints(db, catalogue, wake), open_writer(settings)
    bot, words, desk = _bot(settings), Words(), open_desk(settings)
    services = open_services(
        Ground(
            settings=settings,
            db=db,
            store=store,
            soundtracks=soundtracks,
            catalogue=catalogue,
            live=live,
            kinds=kinds,
            outcomes=outcomes,
            wake=wake,
            writer=writer,
            stars=TelegramStars(bot),
            cards=desk,
        )
    )
    notifier = Notifier(bot, services, words)
    rail = open_card_rail(settings, db, bot, desk, services.card_payments) if desk else None
    return House(settings, db, store, catalogue, kinds, outcomes, hints, writer, services, rail, bot, words, notifier)


def _bot(settings: Settings) -> Bot:
    server = TelegramAPIServer.from_base(settings.telegram_api_url)
    session = Session(api=server, timeout=SEND_SECONDS)
    # Spelled out: aiogram's shorthand also sends the parameter that link_preview_options has replaced.
    defaults = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview=LinkPreviewOptions(is_disabled=True))
    return Bot(settings.telegram_bot_token.get_secret_value(), session=session, default=defaults)


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
