"""What happens to money: sessions, charges, refunds, disputes, subscriptions."""
