"""The settings of who makes clips and who writes: keys, addresses, and what must go together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from providers import local, modal, openrouter, runpod, runway

CommaList = Annotated[tuple[str, ...], NoDecode]
NEEDS: dict[str, tuple[str, ...]] = {
    local.NAME: (),
    runway.NAME: ("runwayml_api_secret",),
    runpod.NAME: ("runpod_api_key", "runpod_endpoint_id"),
    modal.NAME: ("modal_key", "modal_secret", "modal_url"),
    openrouter.NAME: ("openrouter_api_key", "openrouter_model"),
}
"""What a vendor cannot be used without; the first of them is its key."""
MAKERS = tuple(name for name in NEEDS if name != openrouter.NAME)
_ACTIVE = re.compile(r"(?P<name>[a-z]+)(?:\*(?P<weight>[1-9]\d{0,3}))?")


class VendorSettings(BaseSettings):
    """Names are those of the environment, in lower case. See `.env.example` for what each means."""

    active_ai_provider: CommaList = (local.NAME,)
    local_renders: int = Field(default=2, ge=1, le=64)

    runwayml_api_secret: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("runwayml_api_secret", "runway_api_key")
    )
    runway_api_url: str = runway.API
    runpod_api_key: SecretStr | None = None
    runpod_endpoint_id: str | None = None
    runpod_api_url: str = runpod.API
    modal_key: SecretStr | None = None
    modal_secret: SecretStr | None = None
    modal_url: str | None = None
    openrouter_api_key: SecretStr | None = None
    openrouter_api_url: str = openrouter.API
    openrouter_model: CommaList = ()

    @field_validator("active_ai_provider", "openrouter_model", mode="before")
    @classmethod
    def _split_names(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("runway_api_url", "runpod_api_url", "modal_url", "openrouter_api_url")
    @classmethod
    def _vendor_without_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else value

    @model_validator(mode="after")
    def _vendors_are_whole(self) -> Self:
        for name, needs in NEEDS.items():
            missing = self._missing(name)
            if missing and len(missing) < len(needs):
                given = ", ".join(_upper(one for one in needs if getattr(self, one)))
                raise ValueError(f"{given} needs {', '.join(missing)} as well")
        return self

    @model_validator(mode="after")
    def _makers_can_be_used(self) -> Self:
        if not self.active_ai_provider:
            raise ValueError(f"ACTIVE_AI_PROVIDER names nobody; there is: {', '.join(MAKERS)}")
        names = [_read(entry)[0] for entry in self.active_ai_provider]
        if len(set(names)) < len(names):
            raise ValueError("ACTIVE_AI_PROVIDER names somebody twice; how much somebody gets is a weight, runpod*3")
        for name in names:
            if missing := self._missing(name):
                raise ValueError(f"ACTIVE_AI_PROVIDER names {name}: set {', '.join(missing)}, or take {name} out")
        return self

    @property
    def makers(self) -> dict[str, int]:
        """Who makes clips, in failover order, with their weights among equals."""
        return dict(map(_read, self.active_ai_provider))

    @property
    def spare_makers(self) -> list[str]:
        """Who could make clips as well: their keys are there. Not `local`: its libraries are 40 MB in each process."""
        others = (name for name in MAKERS if name not in self.makers and name != local.NAME)
        return [name for name in others if not self._missing(name)]

    def _missing(self, vendor: str) -> list[str]:
        return _upper(need for need in NEEDS[vendor] if not getattr(self, need))


def _read(entry: str) -> tuple[str, int]:
    """Raises ValueError, which a validator turns into a sentence at start."""
    found = _ACTIVE.fullmatch(entry)
    if found is None or found["name"] not in MAKERS:
        raise ValueError(
            f"ACTIVE_AI_PROVIDER: {entry!r} is none of {', '.join(MAKERS)}, nor one with a weight, runpod*3"
        )
    return found["name"], int(found["weight"] or 1)


def _upper(names: Iterable[str]) -> list[str]:
    return [name.upper() for name in names]
