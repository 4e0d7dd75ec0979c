"""Looks on while a film plays: which frames were shown when, and how far the music was from them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.async_api import Page

LOOK = """() => {
    window.frames = [];
    window.music = [];
    window.loud = [];
    const follow = (slot) => {
        const video = slot.querySelector("video");
        const note = (now, {mediaTime, expectedDisplayTime}) => {
            const shown = slot.classList.contains("front");
            window.frames.push({clip: Number(slot.dataset.index), at: mediaTime, now: expectedDisplayTime, shown});
            video.requestVideoFrameCallback(note);
        };
        video.requestVideoFrameCallback(note);
    };
    const begin = () => {
        if (!document.querySelector("audio")) return; // an empty page, between two
        document.querySelectorAll(".slot").forEach(follow);
        let [looked, drawn, starved] = [performance.now(), performance.now(), -Infinity];
        const draw = () => { drawn = performance.now(); requestAnimationFrame(draw); };
        draw();
        setInterval(() => {
            const now = performance.now();
            if (now - looked > 200 || now - drawn > 150) starved = now;
            looked = now;
            const audio = document.querySelector("audio");
            const slot = document.querySelector(".slot.front");
            if (audio.paused || !slot) return;
            const place = [Number(slot.dataset.index), slot.querySelector("video").currentTime, audio.currentTime];
            window.loud.push(audio.volume);
            window.music.push([now - starved < 1000, ...place]);
        }, 50);
    };
    document.addEventListener("DOMContentLoaded", begin);
}"""


@dataclass(frozen=True)
class Frame:
    """A frame of a clip, when it came to the screen (milliseconds), and whether its clip was the one in front."""

    clip: int
    at: float
    now: float
    shown: bool


async def look_on(page: Page) -> None:
    """To be called before the page is opened."""
    await page.add_init_script(f"({LOOK})()")


async def frames(page: Page) -> list[Frame]:
    """Those that could be seen, in the order in which they were."""
    seen: list[dict[str, Any]] = await page.evaluate("window.frames")
    return [frame for frame in (Frame(**one) for one in seen) if frame.shown]


def order(shown: list[Frame]) -> list[int]:
    """The clips in the order in which they were seen."""
    clips = [frame.clip for frame in shown]
    return [clip for index, clip in enumerate(clips) if index == 0 or clips[index - 1] != clip]


def gaps(shown: list[Frame], seconds: float) -> list[float]:
    """For each change from a clip to the next, how much longer (ms) the screen stood still than the film does there.

    `seconds` is each clip's length. From the last frame of one clip to the first of the next that has moved, the film
    itself goes on by what is left of the one and what has passed of the other; the rest is the gap.
    """
    moving = [frame for frame in shown if frame.at > 0]
    return [
        after.now - before.now - 1000 * (seconds - before.at + after.at)
        for before, after in pairwise(moving)
        if after.clip != before.clip
    ]


async def offsets(page: Page, seconds: float, start_s: float = 0.0, track: float | None = None) -> list[float]:
    """How far (ms) the music was ahead of the film at each look; `track`: the seconds after which it begins anew.

    A page acts only when the machine lets it. Where a look came 150 ms too late, or no picture was drawn for as long,
    this look and those of the second after it say nothing about the player, and are left out.
    """
    seen: list[tuple[bool, int, float, float]] = await page.evaluate("window.music")
    found = [audio - start_s - clip * seconds - at for starved, clip, at, audio in seen if not starved]
    return [1000 * (far - track * round(far / track) if track else far) for far in found]
