"""Passes: what somebody watches on with, once Telegram has said who they are. Each is for one person and one film."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

PASS_SECONDS: Final = 6 * 3600
"""Longer than anybody watches one film; whoever does opens it anew."""

_PASS = re.compile(r"(\d{1,19})\.(\d{1,19})\.(\d{1,12})\.([0-9a-f]{64})", re.ASCII)


class PassRefused(PermissionError):
    """It was not made by us, is for another film, or has expired."""


class Passes:
    """`secret` serves nothing else. Times are Unix times in seconds."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def issue(self, telegram_id: int, project_id: int, *, now: float) -> str:
        said = f"{telegram_id}.{project_id}.{int(now) + PASS_SECONDS}"
        return f"{said}.{self._signature(said)}"

    def viewer(self, shown: str, project_id: int, *, now: float) -> int:
        """The Telegram id of the person it was issued to. Raises PassRefused."""
        parts = _PASS.fullmatch(shown)
        if parts is None:
            raise PassRefused("this is no pass")
        said = shown.rpartition(".")[0]
        if not hmac.compare_digest(self._signature(said), parts[4]):
            raise PassRefused("this pass was not made here")
        if int(parts[2]) != project_id or int(parts[3]) <= now:
            raise PassRefused("this pass is for another film, or has expired")
        return int(parts[1])

    def _signature(self, said: str) -> str:
        return hmac.new(self._secret, said.encode(), hashlib.sha256).hexdigest()
