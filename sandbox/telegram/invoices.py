"""Invoices in Telegram Stars, and the messages and links they are reached by."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from sandbox.store import Store
from sandbox.telegram.model import Chat, Json

CURRENCY = "XTR"
_LINK = "https://t.me/$"


@dataclass(frozen=True)
class Invoice:
    """What a bot asks for; `amount` in whole Stars, `period` in seconds for a subscription.

    `photo` is a file_id of the bot's, shown on the page only: the Bot API's Invoice has none.
    """

    id: str
    bot_id: int
    title: str
    description: str
    payload: str
    amount: int
    photo: str | None = None
    start_parameter: str = ""
    period: int | None = None

    @property
    def link(self) -> str:
        """The address at which anybody can pay it."""
        return _LINK + self.id

    def shown(self) -> Json:
        """Return the Bot API's Invoice."""
        about = {"title": self.title, "description": self.description, "start_parameter": self.start_parameter}
        return about | {"currency": CURRENCY, "total_amount": self.amount}


class Invoices:
    """All invoices, by id, by link and by the messages that carry them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._invoices = {body["id"]: Invoice(**body) for body in store.load("invoice")}
        self._places: dict[str, str] = {body["place"]: body["invoice"] for body in store.load("invoice_place")}

    def add(self, bot_id: int, about: Json) -> Invoice:
        """Create an invoice from its fields."""
        invoice = Invoice(secrets.token_urlsafe(12), bot_id, **about)
        self._invoices[invoice.id] = invoice
        self._store.put("invoice", invoice.id, asdict(invoice))
        return invoice

    def place(self, chat: Chat, message_id: int, invoice: Invoice) -> None:
        """Remember that a message carries an invoice."""
        place = f"{chat.key}/{message_id}"
        self._places[place] = invoice.id
        self._store.put("invoice_place", place, {"place": place, "invoice": invoice.id})

    def of_message(self, chat: Chat, message_id: int) -> Invoice | None:
        """Return the invoice a message carries."""
        return self._invoices.get(self._places.get(f"{chat.key}/{message_id}", ""))

    def get(self, invoice_id: str) -> Invoice | None:
        """Return an invoice."""
        return self._invoices.get(invoice_id)

    def by_link(self, link: str) -> Invoice | None:
        """Return the invoice behind `https://t.me/$…` (or `t.me/invoice/…`)."""
        path = urlsplit(link if "://" in link else f"https://{link}").path
        return self._invoices.get(path.removeprefix("/$").removeprefix("/invoice/"))

    def clear(self) -> None:
        """Forget all invoices."""
        self._invoices.clear()
        self._places.clear()
        self._store.clear("invoice", "invoice_place")
