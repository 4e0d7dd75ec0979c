"""Payments by card through Stripe: its library stays in here."""
