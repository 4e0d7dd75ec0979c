"""What happens to Stars: people pay, bots and Telegram pay back, subscriptions go on."""

from __future__ import annotations

from sandbox.telegram.charges import Charge
from sandbox.telegram.checkouts import ANSWER_SECONDS
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.invoices import CURRENCY, Invoice
from sandbox.telegram.model import Bot, Json, Person
from sandbox.telegram.world import World

NOT_ENOUGH = "not enough Stars"


class Payer:
    """One person's side of paying one bot."""

    def __init__(self, world: World, bot: Bot, person: Person) -> None:
        self.world, self.bot, self.person = world, bot, person

    def invoice_in(self, message_id: int) -> Invoice:
        """Return the invoice a message of the chat can be paid from. Raises BadRequest if it has no Pay button."""
        chat = self.world.chats.get(self.bot.id, self.person.id)
        message = self.world.chats.message(chat, message_id) if chat else None
        invoice = self.world.invoices.of_message(chat, message_id) if chat and message else None
        rows = (message or {}).get("reply_markup", {}).get("inline_keyboard", [])
        if invoice is None or not any("pay" in button for row in rows for button in row):
            raise BadRequest("the message has no Pay button")
        return invoice

    def invoice_behind(self, link: str) -> Invoice:
        """Return the invoice a link leads to. Raises BadRequest for any other address."""
        invoice = self.world.invoices.by_link(link)
        if invoice is None or invoice.bot_id != self.bot.id:
            raise BadRequest("the bot has no invoice with this link")
        return invoice

    async def pay(self, invoice: Invoice, seconds: float = ANSWER_SECONDS) -> Json:
        """Ask the bot and pay if it agrees: `{ok, charge_id, update_id}`, or `{ok, error}` and no Star has moved.

        The update is the one that tells the bot of the payment; None if it does not want to know.
        """
        if self.person.stars < invoice.amount:
            return {"ok": False, "error": NOT_ENOUGH}
        checkout = self.world.checkouts.ask(self.bot.id, seconds, lambda: self._settle(invoice))
        self._ask_bot(checkout.id, CURRENCY, invoice.amount, invoice.payload)
        return await checkout.verdict

    async def forge_checkout(self, currency: str, amount: int, payload: str, seconds: float = ANSWER_SECONDS) -> Json:
        """Ask the bot about a payment nobody offered; whatever it answers, no Star moves."""
        checkout = self.world.checkouts.ask(self.bot.id, seconds, lambda: {"ok": True})
        self._ask_bot(checkout.id, currency, amount, payload)
        return await checkout.verdict

    def forge_payment(self, receipt: Json) -> Json:
        """Tell the bot of a payment that never was, in no ledger: `{message, update_id}`."""
        plain = {"currency": CURRENCY, "total_amount": 1, "invoice_payload": ""}
        charge = {"telegram_payment_charge_id": "forged", "provider_payment_charge_id": "forged"}
        content = {"successful_payment": plain | charge | receipt}
        message, update_id = service_message(self.world, self.bot, self.person, content)
        return {"message": message, "update_id": update_id}

    def _ask_bot(self, query_id: str, currency: str, amount: int, payload: str) -> None:
        query: Json = {"id": query_id, "from": self.person.user(), "currency": currency, "total_amount": amount}
        source = f"checkout/{self.person.id}"
        self.world.notify(self.bot, "pre_checkout_query", query | {"invoice_payload": payload}, source)

    def _settle(self, invoice: Invoice) -> Json:
        if self.person.stars < invoice.amount:  # another payment was quicker
            return {"ok": False, "error": NOT_ENOUGH}
        return _take(self.world, self.bot, self.person, invoice, first=True)


def service_message(
    world: World, bot: Bot, person: Person, content: Json, *, by_bot: bool = False
) -> tuple[Json, int | None]:
    """Put a service message into the chat and tell the bot, even of its own: refunds are shown as the bot's.

    Returns the message, and the number of the update about it.
    """
    chat = world.chats.opened(bot, person)
    message = world.begin_message(chat, bot.user() if by_bot else person.user()) | content
    world.post(chat, message)
    update = world.notify(bot, "message", message, f"chat/{chat.id}")
    return message, update.id if update else None


def set_stars(world: World, person: Person, stars: int) -> None:
    """Give somebody exactly so many Stars, and show it."""
    person.stars = stars
    world.people.save(person)
    world.events.publish("stars", None, person.id, {"stars": stars})


def _take(world: World, bot: Bot, person: Person, invoice: Invoice, *, first: bool) -> Json:
    set_stars(world, person, person.stars - invoice.amount)
    charge = world.charges.add(person.id, invoice, first=first)
    _, update_id = service_message(world, bot, person, {"successful_payment": charge.receipt()})
    return {"ok": True, "charge_id": charge.id, "update_id": update_id}


def give_back(world: World, bot: Bot, person: Person, charge: Charge) -> None:
    """Refund a payment whole, whoever began it. Raises BadRequest in Telegram's words for a second time."""
    if charge.refund_number is not None:
        raise BadRequest("CHARGE_ALREADY_REFUNDED")
    world.charges.enter_refund(charge)
    set_stars(world, person, person.stars + charge.amount)
    service_message(world, bot, person, {"refunded_payment": charge.refund()}, by_bot=True)


def renew(world: World, bot: Bot, person: Person, charge: Charge) -> Json:
    """Let a subscription's period end: it is paid again unless canceled, else the bot hears that it failed."""
    invoice = world.invoices.get(charge.invoice_id)
    if charge.period is None or invoice is None:
        raise BadRequest("the charge is not of a subscription")
    if charge.canceled:
        raise BadRequest("the subscription is canceled")
    if person.stars < charge.amount:
        announce_subscription(world, bot, person, charge, "failed")
        return {"ok": False, "error": NOT_ENOUGH}
    return _take(world, bot, person, invoice, first=False)


def announce_subscription(world: World, bot: Bot, person: Person, charge: Charge, state: str) -> None:
    """Tell the bot that a subscription is now `active`, `canceled` or `failed`."""
    payload = {"user": person.user(), "invoice_payload": charge.payload, "state": state}
    world.notify(bot, "subscription", payload, f"checkout/{person.id}")
