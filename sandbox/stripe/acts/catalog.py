"""What is sold, and for how much."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.call import new_metadata, unset_empty
from sandbox.stripe.errors import StripeError
from sandbox.stripe.money import MOST
from sandbox.stripe.schema.validate import refuse_empty
from sandbox.stripe.side import Side

PRODUCT_FIELDS = ("active", "description", "images", "statement_descriptor", "unit_label", "url")
# The longest period between two payments is three years. https://docs.stripe.com/api/prices/create
_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def make_price(side: Side, params: Json, product_id: str, where: str = "") -> Json:
    """Make a price of a product. `where` is the parameter the facts came in, for complaints."""
    amount = params.get("unit_amount")
    param = f"{where}[unit_amount]" if where else "unit_amount"
    if amount is None:
        raise StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
    if amount < 0:
        message = "This value must be greater than or equal to 0."
        raise StripeError(message, code="parameter_invalid_integer", param=param)
    if amount > MOST:
        message = f"Invalid integer: {amount}; must be less than or equal to {MOST}"
        raise StripeError(message, code="parameter_invalid_integer", param=param)
    facts: Json = {"active": True, "billing_scheme": "per_unit", "tax_behavior": "unspecified"}
    facts |= {name: params[name] for name in ("active", "nickname", "lookup_key", "tax_behavior") if name in params}
    facts |= {"currency": params["currency"], "unit_amount": amount, "unit_amount_decimal": str(amount)}
    facts |= {"product": product_id, "metadata": new_metadata(params)}
    facts |= {"recurring": _recurring(params), "type": "recurring" if "recurring" in params else "one_time"}
    price = side.make("price", unset_empty(facts))
    side.emit("price.created", price)
    return price


def _recurring(params: Json) -> Json | None:
    asked = params.get("recurring")
    if asked is None:
        return None
    count, most = asked.get("interval_count", 1), _LONGEST[asked["interval"]]
    if not 1 <= count <= most:
        message = f"Invalid interval_count: must be between 1 and {most} for the interval {asked['interval']}"
        raise StripeError(message, code="parameter_invalid_integer", param="recurring[interval_count]")
    return {"interval": asked["interval"], "interval_count": count, "usage_type": "licensed", "meter": None}


def make_product(side: Side, params: Json) -> Json:
    """Make a product from `name` and what else of its fields is given."""
    refuse_empty(params, "name", "id")
    facts: Json = {"active": True, "images": [], "marketing_features": [], "updated": side.now}
    facts |= unset_empty({name: params[name] for name in ("name", "id", *PRODUCT_FIELDS) if name in params})
    product = side.make("product", facts | {"metadata": new_metadata(params)})
    side.emit("product.created", product)
    return product
