"""Which vendors the demo's bot works with: chosen on the chat page, kept between runs. No part of the product.

All of them are the sandbox's. A choice is another ACTIVE_AI_PROVIDER, with which web and worker are started anew.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

STUDIOS = {"local": "local", "runway": "runway,local", "runpod": "runpod,local", "modal": "modal,local"}
"""What is chosen to who is active: this machine helps out where a vendor fails."""
ASK_SECONDS = 2.0


def stand_ins(sandbox: str, secret: Callable[[str], str]) -> dict[str, str]:
    """Settings for the sandbox's vendors. `secret` gives a key of that name."""
    return {
        "RUNWAYML_API_SECRET": f"key_{secret('runway-key')}",
        "RUNWAY_API_URL": f"{sandbox}/runway",
        "RUNPOD_API_KEY": f"rpa_{secret('runpod-key')}",
        "RUNPOD_ENDPOINT_ID": "echoes",
        "RUNPOD_API_URL": f"{sandbox}/runpod/v2",
        "MODAL_KEY": f"wk-{secret('modal-key')}",
        "MODAL_SECRET": f"ws-{secret('modal-secret')}",
        "MODAL_URL": f"{sandbox}/modal",
        "OPENROUTER_API_KEY": f"sk-or-{secret('openrouter-key')}",
        "OPENROUTER_API_URL": f"{sandbox}/openrouter/api/v1",
        "OPENROUTER_MODEL": "sandbox/writer",
    }


class Studios:
    def __init__(self, sandbox: str, var: Path) -> None:
        self._address = f"{sandbox}/control/studio"
        self._kept = var / "demo-studio"
        kept = self._kept.read_text().strip() if self._kept.exists() else ""
        self._active = kept if kept in STUDIOS else "local"

    @property
    def settings(self) -> dict[str, str]:
        return {"ACTIVE_AI_PROVIDER": STUDIOS[self._active]}

    def tell(self) -> None:
        """Tell the chat page which there are, and which one the bot works with now."""
        self._ask("PUT", {"studios": list(STUDIOS), "active": self._active})

    def switched(self) -> bool:
        """Whether another one was chosen on the page; from then on `settings` are that one's."""
        chosen = self._ask("GET").get("chosen")
        if chosen == self._active or chosen not in STUDIOS:
            return False
        self._active = chosen
        self._kept.write_text(chosen)
        return True

    def _ask(self, method: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The sandbox's answer; an empty one where it has none, since that it runs is seen to elsewhere."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address, data, method=method)  # noqa: S310 - our own loopback address
        try:
            with urllib.request.urlopen(request, timeout=ASK_SECONDS) as response:  # noqa: S310 - as above
                return dict(json.load(response))
        except (OSError, ValueError):
            return {}
