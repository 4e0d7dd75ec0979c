"""How long a film is, told before it is made: its music is cut to this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from media.film.facts import Transition

TITLE_SECONDS: Final = 2.5
_TRANSITION_SECONDS: Final = 0.5


def transition_seconds(clip_seconds: Sequence[float]) -> float:
    """How long one transition is: half a second, and never more than a third of the shortest clip."""
    return min([_TRANSITION_SECONDS, *(seconds / 3 for seconds in clip_seconds)])


def film_seconds(clip_seconds: Sequence[float], transition: Transition, titled: bool) -> float:
    """Seconds of a film of such clips. Only cross-fades shorten it: there two clips are seen at once.

    The film itself is made of whole frames, so each clip and each transition may differ from this by half a frame.
    """
    shown = sum(clip_seconds) + TITLE_SECONDS * titled
    joins = len(clip_seconds) - 1 + titled
    return shown - joins * transition_seconds(clip_seconds) if transition == "cross" else shown
