"""The world's certificates are read once. Each client would read them anew, for 15 ms, and none here meets anybody who
shows one: nothing goes beyond this machine.

Importing it is what puts it in force.
"""

from __future__ import annotations

import ssl
from functools import cache

import certifi

ssl.create_default_context = cache(ssl.create_default_context)  # type: ignore[assignment]
ssl.create_default_context(cafile=certifi.where())
