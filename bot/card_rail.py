"""What takes payments by card, built from the settings: only where there is a key of Stripe's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiogram import Bot

from bot.settings import Settings
from services.inbox import Inbox
from services.payments.cards import CardPayments
from services.payments.facts import STRIPE
from services.payments.links import Links
from services.payments.reconcile import CardReconciler
from storage.database import Database

if TYPE_CHECKING:
    from providers.stripe.desk import StripeDesk

RETURN = "/stripe/return?session={CHECKOUT_SESSION_ID}"
"""Stripe fills the braces in."""


@dataclass(frozen=True, slots=True)
class CardRail:
    desk: StripeDesk
    inbox: Inbox
    payments: CardPayments
    links: Links
    reconciler: CardReconciler


def open_desk(settings: Settings) -> StripeDesk | None:
    if settings.stripe_secret_key is None:
        return None
    # Only where cards are taken: Stripe's library is 10 MB in every process.
    from providers.stripe.desk import StripeDesk

    return StripeDesk(settings.stripe_secret_key.get_secret_value(), api_url=settings.stripe_api_url)


def open_card_rail(settings: Settings, db: Database, bot: Bot, desk: StripeDesk, payments: CardPayments) -> CardRail:
    async def return_url() -> str:
        # Without an address of our own nothing can be asked at the buyer's return: the bot is told only that they paid.
        return f"{settings.public_url}{RETURN}" if settings.public_url else await chat_address(settings, bot, None)

    inbox = Inbox(db, STRIPE)
    links = Links(
        db,
        desk,
        livemode=settings.stripe_livemode,
        bot_id=settings.bot_id,
        # With cards off, late payments and refunds still count, but nobody can pay any more.
        selling=STRIPE in settings.rails,
        return_url=return_url,
    )
    return CardRail(desk, inbox, payments, links, CardReconciler(db, desk, inbox, payments))


async def chat_address(settings: Settings, bot: Bot, token: str | None) -> str:
    """The address that opens the chat where an order is, or any; it asks Telegram for the bot's name, once."""
    return f"{settings.telegram_link_url}/{(await bot.me()).username}?start=paid{f'_{token}' if token else ''}"
