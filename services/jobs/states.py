"""The states of a job and the times that govern it.

queued → submitting → running → storing → succeeded
   │          │           │         │
   └ cancelled└ unknown   └─────────┴→ failed        cancelling is a flag on any live state
"""

from __future__ import annotations

QUEUED, SUBMITTING, RUNNING, STORING, UNKNOWN = "queued", "submitting", "running", "storing", "unknown"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"

TERMINAL = (SUCCEEDED, FAILED, CANCELLED)
LEASED = (SUBMITTING, RUNNING, STORING)
LIVE = (QUEUED, *LEASED, UNKNOWN)

LEASE_SECONDS = 20.0
"""How long a silent worker is believed to be alive."""
HEARTBEAT_SECONDS = 5.0
DEADLINE_SECONDS = 3600.0
"""By then a job is finished or failed, whatever happened."""
LATE_SECONDS = 86_400.0
"""How long after that a vendor is still asked for what it may have finished."""
FIRST_LATE_LOOK_SECONDS = 60.0
MAX_ATTEMPTS = 3
"""Submissions to vendors that said "try again"."""
MAX_CLAIMS = 24
"""A job that was claimed so often kills its workers: it is not given to another one. Every attempt at every vendor is a
claim, and so is collecting its clip."""
BACKOFF_SECONDS = (4.0, 15.0, 60.0)
MAX_LIVE_PER_USER = 30
