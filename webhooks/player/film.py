"""A screening as the player's page reads it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from conversation.wording import project_name
from services.screenings import Screening, ShownClip, ShownMusic

FRESH = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff"}


def answer(screening: Screening, **more: str) -> web.Response:
    """To be made while the viewer's language is spoken: a project without a name is called by its number."""
    return web.json_response(as_json(screening) | more, headers=FRESH)


def as_json(screening: Screening) -> dict[str, Any]:
    """Lengths and times are in seconds, `volume` is in percent, links live for `expires_in` seconds."""
    return {
        "title": project_name(screening.project),
        "transition": screening.project.transition,
        "transition_s": screening.transition_s,
        "clips": [_clip(clip) for clip in screening.clips],
        "music": _music(screening.music) if screening.music else None,
        "expires_in": screening.expires_in,
    }


def _clip(clip: ShownClip) -> dict[str, Any]:
    return {
        "url": clip.url,
        "poster": clip.poster,
        "seconds": clip.seconds,
        "width": clip.width,
        "height": clip.height,
        "caption": clip.caption,
    }


def _music(music: ShownMusic) -> dict[str, Any]:
    return {
        "url": music.url,
        "seconds": music.seconds,
        "start_s": music.start_s,
        "fade_in_s": music.fade_in_s,
        "fade_out_s": music.fade_out_s,
        "volume": music.volume,
        "loops": music.loops,
    }
