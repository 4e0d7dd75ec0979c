"""What the doctor's checks say no with."""

from __future__ import annotations


class Ailment(Exception):
    """Something is wrong, and this is what to do."""
