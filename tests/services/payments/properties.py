"""How long the tests of money's properties are to run, and where their chance begins."""

from __future__ import annotations

import os

FULL = os.environ.get("PROPERTIES") == "full"
"""As `make properties` has it; else for a moment."""
SEED = int(os.environ.get("SEED", "0"))
"""Another one, other sequences; each part of a run has its own besides."""
