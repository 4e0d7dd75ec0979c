"""Payment links: one address that many buyers pay at."""

from __future__ import annotations

from typing import Any

from sandbox.store import Json
from sandbox.stripe.acts.catalog import make_price, make_product
from sandbox.stripe.acts.items import make_item, total_of
from sandbox.stripe.call import PAGING, Call, carries_out, new_metadata, unset_empty, with_metadata
from sandbox.stripe.errors import NotPlayed, StripeError
from sandbox.stripe.ids import scramble
from sandbox.stripe.lists import page
from sandbox.stripe.money import LEAST
from sandbox.stripe.schema.description import blank

MAX_ITEMS = 20
_PLAIN = ("allow_promotion_codes", "billing_address_collection", "customer_creation", "inactive_message", "submit_type")
_NESTED = (
    "after_completion automatic_tax custom_text invoice_creation payment_intent_data phone_number_collection"
    " restrictions subscription_data"
)
_PLAYED = f"metadata payment_method_types {' '.join(_PLAIN)} {_NESTED}"


@carries_out("POST /v1/payment_links", f"{_PLAYED} line_items currency")
def create_link(call: Call) -> Json:
    """Make a link for prices that are there, or that are made with it."""
    items = [_item(call, asked, f"line_items[{number}]") for number, asked in enumerate(call.params["line_items"])]
    if not items or len(items) > MAX_ITEMS:
        raise StripeError(f"A payment link has 1 to {MAX_ITEMS} line items.", param="line_items")
    _check_together(call, items)
    recurring = any(item["price"]["recurring"] for item in items)
    _check_mode(call.params, recurring)
    address = ("" if call.side.livemode else "test_") + scramble(18)
    facts: Json = {"active": True, "currency": items[0]["currency"], "url": f"{call.side.root}/pay/{address}"}
    facts |= _defaults() | _values(call) | {"metadata": new_metadata(call.params)}
    if recurring:
        facts["subscription_data"] = facts.get("subscription_data") or _subscription_data({})
    link = call.side.make("payment_link", facts, line_items=items, address=address)
    call.side.emit("payment_link.created", link)
    return link


@carries_out("POST /v1/payment_links/{payment_link}", f"{_PLAYED} active")
def update_link(call: Call) -> Json:
    """Change a link, or put it out of use and back."""
    link = call.side.get("payment_link", call.id, "payment_link", 404)
    _check_mode(call.params, link["subscription_data"] is not None)
    values = _values(call) | call.given("active")
    for name in ("payment_intent_data", "subscription_data"):
        if values.get(name) and link[name]:  # what is not given stays; metadata that is given replaces what was there
            values[name] = link[name] | {key: values[name][key] for key in call.params[name]}
    if isinstance(values.get("restrictions"), dict) and link["restrictions"]:
        values["restrictions"]["completed_sessions"]["count"] = link["restrictions"]["completed_sessions"]["count"]
    return call.side.change(link, "payment_link.updated", **values, metadata=with_metadata(link, call.params))


@carries_out("GET /v1/payment_links/{payment_link}/line_items", PAGING)
def list_items(call: Call) -> Json:
    """List what a link sells."""
    link = call.side.get("payment_link", call.id, "payment_link", 404)
    return page(call, call.side.aside(link)["line_items"], f"/v1/payment_links/{link['id']}/line_items")


def _item(call: Call, asked: Json, where: str) -> Json:
    if ("price" in asked) == ("price_data" in asked):
        text = f"You must specify either `price` or `price_data` in {where}."
        raise StripeError(text, code="parameter_missing", param=f"{where}[price]")
    if asked["quantity"] < 1:
        text = "This value must be greater than or equal to 1."
        raise StripeError(text, code="parameter_invalid_integer", param=f"{where}[quantity]")
    if "price" in asked:
        price = call.side.get("price", asked["price"], f"{where}[price]")
    else:
        price = _price(call, asked["price_data"], f"{where}[price_data]")
    if not price["active"]:
        text = "The price specified is inactive. This field only accepts active prices."
        raise StripeError(text, param=f"{where}[price]")
    return make_item(call.side, price, asked["quantity"], asked.get("adjustable_quantity"))


def _price(call: Call, asked: Json, where: str) -> Json:
    if ("product" in asked) == ("product_data" in asked):
        param = f"{where}[product]"
        raise StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    if "product" in asked:
        product = call.side.get("product", asked["product"], f"{where}[product]")
    else:
        product = make_product(call.side, asked["product_data"])
    return make_price(call.side, asked, product["id"], where)


def _check_together(call: Call, items: list[Json]) -> None:
    currency = items[0]["currency"]
    if any(item["currency"] != currency for item in items) or call.params.get("currency", currency) != currency:
        raise StripeError("All line items of a payment link must have the same currency.", param="line_items")
    least, total = LEAST.get(currency, 1), total_of(items)
    if 0 < total < least:
        text = f"The Checkout Session's total amount must convert to at least {least} cents."
        raise StripeError(text, code="amount_too_small")


def _check_mode(params: Json, recurring: bool) -> None:
    wrong, mode = ("payment_intent_data", "subscription") if recurring else ("subscription_data", "payment")
    for name in (wrong, "customer_creation", "invoice_creation")[: 3 if recurring else 1]:
        if name in params:
            raise StripeError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    for name in ("automatic_tax", "invoice_creation", "phone_number_collection"):
        if isinstance(params.get(name), dict) and params[name]["enabled"]:
            raise NotPlayed(f"The sandbox does not play {name}", name)


def _defaults() -> Json:
    return {
        "after_completion": {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": None}},
        "allow_promotion_codes": False,
        "automatic_tax": {"enabled": False, "liability": None},
        "billing_address_collection": "auto",
        "custom_fields": [],
        "custom_text": blank("payment_links_resource_custom_text"),
        "customer_creation": "if_required",
        "invoice_creation": {
            "enabled": False,
            "invoice_data": blank("payment_links_resource_invoice_settings") | {"metadata": {}},
        },
        "payment_intent_data": None,
        "payment_method_collection": "always",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "submit_type": "auto",
        "tax_id_collection": {"enabled": False, "required": "never"},
    }


def _values(call: Call) -> Json:
    """Return the link's fields that parameters set, in the form the link shows them in."""
    values = unset_empty(call.given(*_PLAIN, "payment_method_types"))
    for name, shape in _SHAPES.items():
        if name in call.params:
            given = call.params[name]
            values[name] = None if given == "" else shape(given)
    return values


def _after_completion(given: Json) -> Json:
    kind = given["type"]
    if kind == "redirect" and "redirect" not in given:
        param = "after_completion[redirect]"
        raise StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    if kind == "hosted_confirmation":
        message = given.get("hosted_confirmation", {}).get("custom_message") or None
        return {"type": kind, "hosted_confirmation": {"custom_message": message}}
    url = given["redirect"]["url"]
    if not url.startswith(("https://", "http://")):
        raise StripeError("Not a valid URL", code="url_invalid", param="after_completion[redirect][url]")
    return {"type": kind, "redirect": {"url": url}}


def _restrictions(given: Json) -> Json:
    limit = given["completed_sessions"]["limit"]
    if limit < 1:
        param = "restrictions[completed_sessions][limit]"
        text = "This value must be greater than or equal to 1."
        raise StripeError(text, code="parameter_invalid_integer", param=param)
    return {"completed_sessions": {"count": 0, "limit": limit}}


def _custom_text(given: Json) -> Json:
    return blank("payment_links_resource_custom_text") | unset_empty(given)


def _payment_intent_data(given: Json) -> Json:
    if given.get("capture_method") == "manual":
        raise NotPlayed("The sandbox does not play capture_method=manual", "payment_intent_data[capture_method]")
    shape = blank("payment_links_resource_payment_intent_data")
    return shape | unset_empty(given) | {"metadata": new_metadata(given)}


def _subscription_data(given: Json) -> Json:
    for name in ("invoice_settings", "trial_period_days", "trial_settings"):
        if name in given:
            raise NotPlayed(f"The sandbox does not play {name}", f"subscription_data[{name}]")
    shape = blank("payment_links_resource_subscription_data") | {"invoice_settings": {"issuer": {"type": "self"}}}
    return shape | unset_empty(given) | {"metadata": new_metadata(given)}


_SHAPES: dict[str, Any] = {
    "after_completion": _after_completion,
    "custom_text": _custom_text,
    "payment_intent_data": _payment_intent_data,
    "restrictions": _restrictions,
    "subscription_data": _subscription_data,
}
