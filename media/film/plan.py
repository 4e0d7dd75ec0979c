"""Which frames of which clip a film shows, and which of them must be encoded anew.

A film is a row of pieces. A body is a stretch of one clip that no transition touches; a seam is the end of one clip and
the beginning of the next with the transition between them. Bodies of clips that agree are copied, packet by packet, as
far as there are points to cut at: a stretch must begin at a key frame and end where no later frame is needed. What lies
between the transition and such a point goes to the seam.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from media.film.facts import Transition
from media.film.frame import Frame
from media.film.source import Source


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames `first` … `last` - 1 of a clip, counted at the film's rate."""

    source: Source
    first: int
    last: int

    @property
    def frames(self) -> int:
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch, or two with a transition of `blend` frames between them. `copied` is as it lies in its clip."""

    stretches: tuple[Stretch, ...]
    copied: bool = False
    transition: Transition = "cut"
    blend: int = 0

    @property
    def frames(self) -> int:
        """How many it shows: a cross-fade shows two clips at once."""
        shown = sum(stretch.frames for stretch in self.stretches)
        return shown - self.blend if self.transition == "cross" else shown

    def digest(self, frame: Frame, headers: bytes) -> str:
        """Of all that its encoded frames depend on."""
        what = [f"piece 1 {frame.size} {frame.rate} {headers.hex()} {self.transition} {self.blend}"]
        what += [f"{one.source.digest} {one.first} {one.last}" for one in self.stretches]
        return hashlib.sha256("\n".join(what).encode()).hexdigest()


def planned(
    sources: Sequence[Source], frame: Frame, headers: bytes, *, transition: Transition, blend: int
) -> list[Piece]:
    """The pieces of a film in order. Sources that suit `frame` and have these `headers` agree and may be copied."""
    bodies = []
    for number, source in enumerate(sources):
        before = blend if transition != "cut" and number > 0 else 0
        after = blend if transition != "cut" and number < len(sources) - 1 else 0
        bodies.append(_body(source, frame, headers, before=before, after=after))
    pieces = [bodies[0]]
    for left, right in pairwise(bodies):
        if transition != "cut":
            pieces.append(_seam(left.stretches[0], right.stretches[0], frame, transition, blend))
        pieces.append(right)
    return pieces


def _body(source: Source, frame: Frame, headers: bytes, *, before: int, after: int) -> Piece:
    count = frame.count(source)
    if agrees(source, frame, headers):
        cut = _copied(source, before, count - after)
        if cut is not None:
            return Piece((Stretch(source, *cut),), copied=True)
    return Piece((Stretch(source, before, count - after),))


def _copied(source: Source, first: int, last: int) -> tuple[int, int] | None:
    """The longest stretch between frames `first` and `last` that can be copied: packets a … b - 1 hold frames
    a … b - 1 and nothing else, and packet a is a key frame."""
    assert source.order is not None  # noqa: S101  # of a source that suits
    begins, ends, highest = None, None, -1
    for number, shown in enumerate((*source.order, len(source.order))):
        if highest == number - 1:  # all frames before this packet have been decoded, and no others
            if begins is None and number >= first and number in source.keys:
                begins = number
            if number <= last:
                ends = number
        highest = max(highest, shown)
    return (begins, ends) if begins is not None and ends is not None and begins < ends else None


def agrees(source: Source, frame: Frame, headers: bytes) -> bool:
    """Whether it can stand in the film as it is."""
    return frame.suits(source) and source.headers == headers


def copyable(source: Source, first: int, last: int) -> bool:
    """Whether just these frames can be copied out of `source`."""
    return source.order is not None and _copied(source, first, last) == (first, last)


def _seam(left: Stretch, right: Stretch, frame: Frame, transition: Transition, blend: int) -> Piece:
    ending = Stretch(left.source, left.last, frame.count(left.source))
    beginning = Stretch(right.source, 0, right.first)
    return Piece((ending, beginning), transition=transition, blend=blend)


def starts(sources: Sequence[Source], frame: Frame, *, transition: Transition, blend: int) -> list[int]:
    """The frame of the film each source begins at."""
    overlap = blend if transition == "cross" else 0
    begun = [0]
    for source in sources[:-1]:
        begun.append(begun[-1] + frame.count(source) - overlap)
    return begun
