"""What the bot says: callback data, keyboards, texts, views (result to message) and the notifier."""
