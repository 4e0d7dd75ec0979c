"""Products: what is sold."""

from __future__ import annotations

from sandbox.store import Json
from sandbox.stripe.acts.catalog import PRODUCT_FIELDS, make_price, make_product
from sandbox.stripe.call import Call, carries_out, unset_empty, with_metadata
from sandbox.stripe.errors import StripeError
from sandbox.stripe.schema.validate import refuse_empty


@carries_out("POST /v1/products", f"id name metadata default_price_data {' '.join(PRODUCT_FIELDS)}")
def create_product(call: Call) -> Json:
    """Make a product, with a price if `default_price_data` is given."""
    wanted = call.params.get("id")
    if wanted and call.side.account.objects.get(wanted):
        raise StripeError("Product already exists.", code="resource_already_exists", param="id")
    product = make_product(call.side, call.params)
    if price := call.params.get("default_price_data"):
        product["default_price"] = make_price(call.side, price, product["id"], "default_price_data")["id"]
        call.side.save(product)
    return product


@carries_out("POST /v1/products/{id}", f"name metadata default_price {' '.join(PRODUCT_FIELDS)}")
def update_product(call: Call) -> Json:
    """Change a product."""
    product = call.side.get("product", call.id, "id", 404)
    refuse_empty(call.params, "name")
    if price := call.params.get("default_price"):
        call.side.get("price", price, "default_price")
    values = unset_empty(call.given("name", "default_price", *PRODUCT_FIELDS))
    values |= {"images": values["images"] or []} if "images" in values else {}
    values["metadata"] = with_metadata(product, call.params)
    return call.side.change(product, "product.updated", **values, updated=call.side.now)


@carries_out("DELETE /v1/products/{id}")
def delete_product(call: Call) -> Json:
    """Delete a product that never had a price."""
    product = call.side.get("product", call.id, "id", 404)
    if any(price["product"] == product["id"] for price in call.side.all("price")):
        raise StripeError("This product cannot be deleted because it has one or more user-created prices.")
    call.side.account.objects.remove(call.side.record(product["id"]))
    call.side.emit("product.deleted", product)
    return {"id": product["id"], "object": "product", "deleted": True}
