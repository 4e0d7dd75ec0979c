"""What the API can do, a file a resource. Importing this package fills the table of calls."""

from sandbox.stripe.resources import (  # noqa: F401
    charges,
    customers,
    disputes,
    payment_links,
    prices,
    products,
    reading,
    refunds,
    sessions,
    subscriptions,
    webhook_endpoints,
)
