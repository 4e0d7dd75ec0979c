"""Who makes clips and who writes, built from the settings."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr

from bot.settings import Settings
from providers import local, modal, runpod, runway
from providers.base import Provider
from providers.openrouter import OpenRouter
from providers.writing import Writer


def open_makers(settings: Settings) -> list[Provider]:
    """All that can be used, the active ones first, in failover order: others may be made active without a deploy.

    The settings have seen to it that each has what it needs.
    """
    make: dict[str, Callable[[Settings], Provider]] = {
        local.NAME: _local,
        runway.NAME: _runway,
        runpod.NAME: _runpod,
        modal.NAME: _modal,
    }
    return [make[name](settings) for name in (*settings.makers, *settings.spare_makers)]


def open_writer(settings: Settings) -> Writer | None:
    """None: nobody improves prompts or looks at what people send."""
    if settings.openrouter_api_key is None:
        return None
    return OpenRouter(
        _told(settings.openrouter_api_key), settings.openrouter_model, api_url=settings.openrouter_api_url
    )


def hint_address(settings: Settings, vendor: str, token: str) -> str:
    """Where a vendor is to call when the work of a submission's token has ended."""
    return f"{settings.public_url}/providers/{vendor}/webhook/{token}"


def _local(settings: Settings) -> Provider:
    # Only where it is active: OpenCV, NumPy and PyAV are 40 MB in every process.
    from providers.local.provider import LocalProvider

    return LocalProvider(renders=settings.local_renders)


def _runway(settings: Settings) -> Provider:
    return runway.RunwayProvider(_told(settings.runwayml_api_secret), api_url=settings.runway_api_url)


def _runpod(settings: Settings) -> Provider:
    return runpod.RunPodProvider(
        _told(settings.runpod_api_key),
        settings.runpod_endpoint_id or "",
        api_url=settings.runpod_api_url,
        webhook=(lambda token: hint_address(settings, runpod.NAME, token)) if settings.public_url else None,
    )


def _modal(settings: Settings) -> Provider:
    return modal.ModalProvider(_told(settings.modal_key), _told(settings.modal_secret), url=settings.modal_url or "")


def _told(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
