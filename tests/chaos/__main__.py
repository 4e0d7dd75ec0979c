"""`python -m tests.chaos`, as `make chaos` calls it."""

from __future__ import annotations

import sys

from tests.chaos.chaos import main

if __name__ == "__main__":  # the processes it forks import this module too
    sys.exit(main())
