"""Formatted text: what a bot writes, as plain text and entities."""
