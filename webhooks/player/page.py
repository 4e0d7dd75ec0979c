"""The player's page as HTML, and what its browser is told to refuse. What comes from outside is escaped here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from conversation.i18n import language_now
from conversation.player_words import player_words
from webhooks.player.assets import Assets

NAME = "Echoes"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a link's preview shows; the addresses are whole."""

    description: str
    address: str
    picture: str


@dataclass(frozen=True, slots=True)
class Guard:
    """Where media may come from besides ourselves, and which pages may frame us (CSP sources)."""

    media: str
    frames: Sequence[str] = ()

    def policy(self) -> str:
        framed = " ".join(self.frames) or "'none'"
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"img-src 'self' {self.media}; media-src 'self' {self.media}; "
            f"base-uri 'none'; form-action 'none'; frame-ancestors {framed}"
        )


def page(
    assets: Assets,
    guard: Guard,
    *,
    film: str | None,
    title: str = NAME,
    preview: Preview | None = None,
    yours: str | None = None,
) -> web.Response:
    """The page in the language being spoken. `film` is where it asks what to play; without one it says so, as a 404.

    `yours`: where viewers make a film of their own.
    """
    words = player_words()
    labels = {f"word_{name}": escape(text) for name, text in words.items()}
    text = _template().substitute(
        labels,
        language=language_now(),
        title=escape(title),
        preview=_preview(preview, title) if preview else "",
        assets=assets.base,
        film=escape(film or ""),
        yours=escape(yours or ""),
        words=escape(json.dumps(words)),
    )
    return web.Response(text=text, status=200 if film else 404, content_type="text/html", headers=_headers(guard))


def _preview(preview: Preview, title: str) -> str:
    facts = {
        "og:type": "video.other",
        "og:site_name": NAME,
        "og:title": title,
        "og:description": preview.description,
        "og:url": preview.address,
        "og:image": preview.picture,
        "og:image:type": "image/jpeg",
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
    }
    return "\n".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in facts.items())


def _headers(guard: Guard) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": guard.policy(),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language",
    }
    # For browsers that know no frame-ancestors; it has no word for "these pages".
    return headers if guard.frames else headers | {"X-Frame-Options": "DENY"}


@cache
def _template() -> Template:
    return Template((Path(__file__).parent / "page.html").read_text())
