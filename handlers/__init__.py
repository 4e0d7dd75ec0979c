"""Door 1, Telegram: one router a user journey; thin: parse, call a service, show a view."""
