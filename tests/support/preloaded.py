"""Everything a process of the product or the sandbox imports, in its order, and what each would make when it starts.

See `tests.support.nursery`: whatever is done here is done once, and each fork has it.
"""

from __future__ import annotations

from bot.lean import keep_lean, settle

keep_lean()

import aiosqlite  # noqa: E402
import alembic.command  # noqa: E402
import alembic.runtime.environment  # noqa: E402
import numpy as np  # noqa: E402
import PIL.Image  # noqa: E402
import psycopg  # noqa: E402
import stripe  # noqa: E402
from aiogram.methods import EditMessageText, GetMe, GetStarTransactions, GetUpdates, SendMediaGroup, SendMessage  # noqa: E402
from aiogram.types import Update  # noqa: E402
from sqlalchemy.orm import configure_mappers  # noqa: E402

import bot.__main__  # noqa: E402
import bot.doctor  # noqa: E402
import bot.web  # noqa: E402
import bot.work  # noqa: E402
import providers.local.provider  # noqa: E402
import providers.stripe.desk  # noqa: E402
import sandbox.__main__  # noqa: E402
from bot.session import reader_of  # noqa: E402
from conversation.i18n import Words  # noqa: E402
from tests.support import certificates  # noqa: E402

__all__ = ["aiosqlite", "alembic", "bot", "certificates", "providers", "psycopg", "sandbox"]

configure_mappers()
Update.model_rebuild()  # with it nearly all that aiogram reads
for method in (SendMessage, EditMessageText, SendMediaGroup, GetMe, GetUpdates, GetStarTransactions):
    reader_of(method.__returning__)
np.unique(np.random.default_rng(0).random(1))  # both import what they need at their first use, as do the next two
PIL.Image.init()
_ = stripe.StripeClient("sk_test_nobody").v1.payment_links
Words()
settle()
