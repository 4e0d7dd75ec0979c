"""Every setting, its default and what must go together. Read from the environment and from `.env`."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from bot.vendor_settings import VendorSettings
from services.live.values import LONGEST_CONTACT, MOST_CREDITS, MOST_FILMS
from services.payments.facts import STARS, STRIPE, Rail

TELEGRAM = "https://api.telegram.org"
TELEGRAM_LINKS = "https://t.me"
STRIPE_API = "https://api.stripe.com"
STRIPE_KEY = re.compile(r"[sr]k_(test|live)_\w{10,}")
TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,80}")


class Settings(VendorSettings):
    """Names are those of the environment, in lower case. See `.env.example` for what each means."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    telegram_bot_token: SecretStr
    telegram_api_url: str = TELEGRAM
    telegram_link_url: str = TELEGRAM_LINKS
    telegram_mode: Literal["polling", "webhook"] = "polling"
    public_url: str | None = None
    telegram_webhook_secret: SecretStr | None = None
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=0, le=65535)

    database_url: str = "sqlite+aiosqlite:///var/echoes.db"
    database_owner_url: str | None = None
    queue_url: str | None = None
    storage_url: str = "file://var/media"

    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    support_contact: str | None = Field(default=None, max_length=LONGEST_CONTACT)
    signup_credits: int = Field(default=1, ge=0, le=MOST_CREDITS)
    referral_credits: int = Field(default=1, ge=0, le=MOST_CREDITS)
    referral_vests: Literal["bought", "approved"] = "bought"
    share_credits: int = Field(default=1, ge=0, le=MOST_CREDITS)
    share_daily_limit: int = Field(default=5, ge=0, le=MOST_CREDITS)
    films_a_day: int = Field(default=20, ge=0, le=MOST_FILMS)

    payment_rails: Annotated[tuple[Rail, ...], NoDecode] = (STARS, STRIPE)
    stripe_secret_key: SecretStr | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_api_url: str = STRIPE_API

    job_deadline_seconds: float = Field(default=3600.0, ge=30.0, le=3600.0)

    sentry_dsn: SecretStr | None = None
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("admin_ids", "payment_rails", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_has_its_shape(cls, value: SecretStr) -> SecretStr:
        if not TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("is not a bot token; BotFather gives one like 123456:ABC-def")
        return value

    @field_validator("stripe_secret_key")
    @classmethod
    def _key_has_its_shape(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not STRIPE_KEY.fullmatch(value.get_secret_value()):
            raise ValueError("is not a secret key of Stripe's; its Dashboard gives one like sk_live_… or rk_live_…")
        return value

    @field_validator("public_url", "telegram_api_url", "telegram_link_url", "stripe_api_url")
    @classmethod
    def _without_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.telegram_mode == "webhook":
            if not self.public_url or not self.telegram_webhook_secret:
                raise ValueError("TELEGRAM_MODE=webhook needs PUBLIC_URL and TELEGRAM_WEBHOOK_SECRET as well")
            if not self.telegram_webhook_secret.get_secret_value().isascii():
                raise ValueError("TELEGRAM_WEBHOOK_SECRET may hold only letters, digits, _ and -")
            if self.talks_to_sandbox and not _is_loopback(self.public_url):
                raise ValueError("TELEGRAM_API_URL points to a sandbox, but PUBLIC_URL is public: refusing to start")
        return self

    @model_validator(mode="after")
    def _stripe_is_whole(self) -> Self:
        if self.stripe_webhook_secret and not self.stripe_secret_key:
            raise ValueError("STRIPE_WEBHOOK_SECRET needs STRIPE_SECRET_KEY as well")
        if self.stripe_livemode and _is_loopback(self.stripe_api_url):
            raise ValueError("STRIPE_API_URL points to a sandbox, but STRIPE_SECRET_KEY is a live one")
        return self

    @property
    def stripe_livemode(self) -> bool:
        """Whether cards are charged real money."""
        return self.stripe_secret_key is not None and "_live_" in self.stripe_secret_key.get_secret_value()[:8]

    @property
    def rails(self) -> tuple[Rail, ...]:
        """The ways to pay that are on, in the order to offer: cards need Stripe's key."""
        return tuple(rail for rail in self.payment_rails if rail != STRIPE or self.stripe_secret_key is not None)

    @property
    def talks_to_sandbox(self) -> bool:
        """Whether Telegram is played by something on this machine."""
        return _is_loopback(self.telegram_api_url)

    @property
    def folders(self) -> list[Path]:
        """Where this machine itself keeps what must not run out of room."""
        schemes = ((self.database_url, "sqlite+aiosqlite:///"), (self.storage_url, "file://"))
        return [Path(url.removeprefix(scheme)) for url, scheme in schemes if url.startswith(scheme)]

    @property
    def address(self) -> str:
        """Where our own pages are, without a slash at its end; without a PUBLIC_URL only this machine finds it."""
        return self.public_url or f"http://{self.web_host}:{self.web_port}"

    @property
    def opens_mini_apps(self) -> bool:
        """Whether a button may open a page of ours inside Telegram: it takes only https, the sandbox any page here."""
        return self.talks_to_sandbox or (self.public_url or "").startswith("https://")

    @property
    def bot_id(self) -> int:
        return int(self.telegram_bot_token.get_secret_value().split(":")[0])

    @property
    def queue(self) -> str:
        """QUEUE_URL, or what follows from the database."""
        if self.queue_url:
            return self.queue_url
        if self.database_url.startswith("postgresql"):
            return self.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        return self.database_url.replace("sqlite+aiosqlite:///", "sqlite:///", 1).removesuffix(".db") + "-queue.db"

    def derived_secret(self, purpose: str) -> str:
        """A secret for one purpose, so that none has to be configured and none serves two ends."""
        token = self.telegram_bot_token.get_secret_value().encode()
        return hmac.new(token, purpose.encode(), hashlib.sha256).hexdigest()

    def secrets(self) -> list[str]:
        """Every secret value, for the log to keep out."""
        values = [getattr(self, name) for name in type(self).model_fields]
        found = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        passwords = [
            urlsplit(url).password
            for url in (self.database_url, self.database_owner_url or "", self.queue, self.storage_url)
        ]
        return found + [password for password in passwords if password]


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
