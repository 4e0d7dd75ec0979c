"""The frame all of a film has: which shape, how large, how many a second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from media.film.source import Source

_SAME_SHAPE: Final = 0.02
"""By how much two ratios may differ and still be one shape: vendors round sizes to whole blocks."""
_USUAL_RATE: Final = Fraction(24)
_RATES: Final = (Fraction(8), Fraction(60))

Choice = TypeVar("Choice", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels, and frames a second."""

    width: int
    height: int
    rate: Fraction

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height

    def count(self, source: Source) -> int:
        """How many frames `source` has at this rate."""
        if source.order is not None and source.rate == self.rate:
            return len(source.order)
        return max(1, round(source.seconds * self.rate))

    def suits(self, source: Source) -> bool:
        """Whether `source` has this size and rate, so that its frames need not be touched."""
        size_and_rate = (source.width, source.height, source.rate)
        return size_and_rate == (self.width, self.height, self.rate) and source.order is not None


def chosen(sources: Sequence[Source], height: int) -> Frame:
    """The frame for a film of `sources` whose short side is `height`.

    Height counts the short side, since people mean a quality by "720p", and upright clips of that quality are 720 wide.
    The shape is that of most clips (of the first, where two are as many), so that the fewest get borders; the rate is
    the usual one among these, so that the fewest are encoded anew.
    """
    shape = _most(_shape(source.ratio) for source in sources)
    alike = [source for source in sources if _shape(source.ratio) == shape]
    native = [source for source in alike if min(source.width, source.height) == height]
    rate = _most(source.rate for source in native or alike)
    if not _RATES[0] <= rate <= _RATES[1]:
        rate = _USUAL_RATE
    width, tall = _most((source.width, source.height) for source in native) if native else _scaled(alike[0], height)
    return Frame(width, tall, rate)


def _shape(ratio: float) -> int:
    """A number for all ratios that look alike: 16:9 is far from 3:2, but 1280×720 is near 1280×704."""
    usual = (9 / 21, 9 / 16, 2 / 3, 3 / 4, 4 / 5, 1.0, 5 / 4, 4 / 3, 3 / 2, 16 / 9, 21 / 9)
    near = min(usual, key=lambda known: abs(known / ratio - 1))
    return usual.index(near) if abs(near / ratio - 1) <= _SAME_SHAPE else -round(ratio * 50)


def _most(choices: Iterable[Choice]) -> Choice:
    """The most frequent, the earliest where several are."""
    return Counter(choices).most_common(1)[0][0]


def _scaled(source: Source, height: int) -> tuple[int, int]:
    factor = height / min(source.width, source.height)
    return round(source.width * factor / 2) * 2, round(source.height * factor / 2) * 2
