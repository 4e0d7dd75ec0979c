"""What tests and developers may set about each vendor."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from sandbox.store import Json, Store

VENDORS = ("runway", "runpod", "modal", "openrouter")


@dataclass(frozen=True, slots=True)
class Settings:
    """One vendor's. Times are seconds.

    `up` false answers 503 to everything. `jitter` is the share by which times vary, 0.3 for ±30 %. `concurrency` and
    `daily` are for each model; `credits` is what is left to spend, in the vendor's unit. A result's address is good
    for `url_seconds`. `result` is how our own workers hand a clip over: as an address (`url`) or with the answer
    (`file`). A vendor that `forgets` answers 404 for what was cancelled. A webhook's second try comes after
    `webhook_seconds`.
    """

    up: bool = True
    queue_seconds: float = 0.2
    render_seconds: float = 1.0
    jitter: float = 0.0
    concurrency: int = 5
    daily: int = 1000
    credits: float = 100_000.0
    url_seconds: float = 86_400.0
    result: str = "url"
    forgets: bool = False
    webhook_seconds: float = 10.0

    def changed(self, values: Json) -> Settings:
        """Return settings with some values replaced. Raises ValueError for what cannot be."""
        settings = replace(self, **values)
        numbers = {name: value for name, value in asdict(settings).items() if isinstance(value, int | float)}
        if any(value < 0 for name, value in numbers.items() if name != "credits") or settings.concurrency < 1:
            raise ValueError("times and limits must not be negative, and one piece of work must fit")
        if settings.jitter > 1:
            raise ValueError("jitter is a share, at most 1")
        if settings.result not in ("url", "file"):
            raise ValueError("result must be url or file")
        return settings


# OpenRouter counts in US dollars; our own workers give the clip with the answer.
_BEGIN = {"openrouter": Settings(credits=100.0), "modal": Settings(result="file"), "runpod": Settings(result="file")}


class AllSettings:
    """The settings of all vendors, kept."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._all = {vendor: _BEGIN.get(vendor, Settings()) for vendor in VENDORS}
        self._all |= {saved["vendor"]: Settings(**saved["values"]) for saved in store.load("settings")}

    def of(self, vendor: str) -> Settings:
        """Return one vendor's settings."""
        return self._all[vendor]

    def change(self, vendor: str, values: Json) -> Settings:
        """Set what is given and leave the rest. Raises ValueError."""
        settings = self._all[vendor] = self._all[vendor].changed(values)
        self._store.put("settings", vendor, {"vendor": vendor, "values": asdict(settings)})
        return settings

    def spend(self, vendor: str, amount: float) -> None:
        """Take from what is left; a negative amount is given back."""
        if amount:
            self.change(vendor, {"credits": round(self.of(vendor).credits - amount, 6)})

    def clear(self) -> None:
        """Go back to where everything began."""
        self._all = {vendor: _BEGIN.get(vendor, Settings()) for vendor in VENDORS}
        self._store.clear("settings")
