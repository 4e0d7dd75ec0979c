"""Music: our own tracks, what people send, and what of it one film gets. Importing this does not import NumPy."""

from __future__ import annotations

from media.music.fitting import fit

__all__ = ["fit"]
