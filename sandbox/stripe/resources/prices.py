"""Prices: how much a product costs, once or again and again. What was made is never changed, only put out of use."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts.catalog import make_price, make_product
from sandbox.stripe.call import Call, carries_out, unset_empty, with_metadata
from sandbox.stripe.errors import StripeError


@carries_out(
    "POST /v1/prices",
    "active currency lookup_key metadata nickname product product_data recurring tax_behavior transfer_lookup_key"
    " unit_amount",
)
def create_price(call: Call) -> Json:
    """Make a price of a product that is there, or of a new one."""
    params, side = call.params, call.side
    if ("product" in params) == ("product_data" in params):
        if "product" in params:
            raise StripeError("You may only specify one of these parameters: product, product_data.", param="product")
        raise StripeError("Missing required param: product.", code="parameter_missing", param="product")
    if "product" in params:
        product = side.get("product", params["product"], "product")
    _claim_lookup_key(call)
    if "product_data" in params:
        product = make_product(side, params["product_data"])
    return make_price(side, params, product["id"])


@carries_out("POST /v1/prices/{price}", "active lookup_key metadata nickname tax_behavior transfer_lookup_key")
def update_price(call: Call) -> Json:
    """Change what may change about a price."""
    price = call.side.get("price", call.id, "price", 404)
    _claim_lookup_key(call)
    values = unset_empty(call.given("active", "lookup_key", "nickname", "tax_behavior"))
    return call.side.change(price, "price.updated", **values, metadata=with_metadata(price, call.params))


def _claim_lookup_key(call: Call) -> None:
    """A key names one price; it is taken from another one only when that was asked for."""
    key = call.params.get("lookup_key")
    for price in call.side.all("price"):
        if key and price["lookup_key"] == key and price["id"] != call.id:
            if not call.params.get("transfer_lookup_key"):
                message = f"A price (`{price['id']}`) already uses that lookup key."
                raise StripeError(message, code="resource_already_exists", param="lookup_key")
            call.side.change(price, "price.updated", lookup_key=None)
