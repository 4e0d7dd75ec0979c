"""Door 2, HTTP: Telegram's webhook, signed media, health and metrics."""
