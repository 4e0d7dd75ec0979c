"""Paid work: made with its hold, claimed under a lease, finished exactly once."""
