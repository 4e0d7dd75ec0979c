"""Stripe on one machine: the API, the checkout page, and signed webhooks."""
