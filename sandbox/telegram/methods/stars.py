"""The bot's Stars: giving them back, counting them, ending subscriptions."""

from __future__ import annotations

from sandbox.telegram.call import Call, method
from sandbox.telegram.charges import Charge
from sandbox.telegram.errors import BadRequest
from sandbox.telegram.model import Json, Person
from sandbox.telegram.payments import give_back

MAX_TRANSACTIONS = 100


@method("refundStarPayment")
async def refund_star_payment(call: Call) -> bool:
    """Give a payment back, whole; a second time is refused."""
    person, charge = _charge_of_user(call)
    give_back(call.world, call.bot, person, charge)
    return True


@method("editUserStarSubscription")
async def edit_user_star_subscription(call: Call) -> bool:
    """End a subscription with its period, or let it go on again."""
    _, charge = _charge_of_user(call)
    if charge.period is None:
        raise BadRequest("CHARGE_ID_INVALID")
    if charge.refund_number is not None or (charge.expires or 0) <= call.world.clock():
        raise BadRequest("SUBSCRIPTION_NOT_ACTIVE")
    charge.canceled = call.params["is_canceled"]
    call.world.charges.save(charge)
    return True


@method("getStarTransactions")
async def get_star_transactions(call: Call) -> Json:
    """Return what came in and went back, oldest first."""
    offset = max(call.params.get("offset", 0), 0)
    limit = min(max(call.params.get("limit", MAX_TRANSACTIONS), 1), MAX_TRANSACTIONS)
    found: list[tuple[int, Json]] = []
    for charge in call.world.charges.of_bot(call.bot.id):
        person = call.world.people.get(charge.person_id) or Person(charge.person_id, "")
        found += charge.transactions(person.user())
    ordered = [transaction for _, transaction in sorted(found, key=lambda item: item[0])]
    return {"transactions": ordered[offset : offset + limit]}


@method("getMyStarBalance")
async def get_my_star_balance(call: Call) -> Json:
    """Return what the bot has."""
    return {"amount": call.world.charges.balance(call.bot.id)}


def _charge_of_user(call: Call) -> tuple[Person, Charge]:
    person = call.world.people.get(call.params["user_id"])
    if person is None:
        raise BadRequest("user not found")
    if not call.params["telegram_payment_charge_id"]:
        raise BadRequest("CHARGE_ID_EMPTY")
    charge = call.world.charges.get(call.params["telegram_payment_charge_id"])
    if charge is None or (charge.bot_id, charge.person_id) != (call.bot.id, person.id):
        raise BadRequest("CHARGE_NOT_FOUND")
    return person, charge
