"""Everything the sandbox's vendors are, in one place."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.calls import Calls
from sandbox.vendors.faults import Faults
from sandbox.vendors.photos import Photos
from sandbox.vendors.settings import AllSettings
from sandbox.vendors.studio import Studio
from sandbox.vendors.works import Works


class House:
    """All vendors, kept in a folder. `clock` gives Unix time; tests move it."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.store = Store(folder, "vendors")
        self.settings = AllSettings(self.store)
        self.works = Works(self.store, self.settings, clock)
        self.faults = Faults(clock)
        self.calls = Calls()
        self.photos = Photos(folder / "vendors" / "photos")
        self.studio = Studio(folder / "vendors" / "clips", self.photos)
        self.secret = self._kept_secret()
        self.closing = asyncio.Event()

    def reset(self) -> None:
        """Forget everything."""
        for part in (self.works, self.calls, self.settings, self.photos, self.studio):
            part.clear()
        self.store.clear("upload")
        self.faults.withdraw(None)

    async def pause(self, seconds: float) -> None:
        """Let time pass, but not once the sandbox stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.closing.wait()

    async def close(self) -> None:
        """Stop rendering and close the store; nothing may change afterwards."""
        await self.studio.stop()
        self.store.close()

    def _kept_secret(self) -> str:
        """What addresses of results are signed with; they outlive a restart."""
        for saved in self.store.load("secret"):
            return str(saved["secret"])
        secret = secrets.token_hex(16)
        self.store.put("secret", "secret", {"secret": secret})
        return secret
