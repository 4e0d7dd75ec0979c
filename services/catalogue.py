"""What can be ordered now, and for how much: the models of the active providers, as the values want them."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from providers.base import ClipModel, Maker, Provider
from services.errors import ChoiceNotOffered
from services.live.values import Values

log = structlog.get_logger(__name__)


class Catalogue:
    """The active providers in failover order; the first one's first model is the default.

    Providers that offer the same model are equals: work is spread over them by their weights. Who is not active makes
    nothing new, but what they have is still looked after.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        usual: Mapping[str, int] | None = None,
        others: Sequence[Maker[Any]] = (),
    ) -> None:
        """`providers`: all that can be used; `usual`: who of them is active where the values name nobody, with their
        weights, all of them alike where it names nobody either; `others`: who makes what is no clip, of which nobody
        chooses a model.
        """
        self.providers: dict[str, Maker[Any]] = {maker.name: maker for maker in (*providers, *others)}
        known = [provider.name for provider in providers]
        named = {name: weight for name, weight in (usual or {}).items() if name in known}
        self._usual = named or dict.fromkeys(known, 1)
        self.vendors = (*self._usual, *(name for name in known if name not in self._usual))
        """Everybody who can be made active: the usual ones first."""
        self._missing: set[str] = set()
        self.adopt(Values())

    def adopt(self, values: Values) -> None:
        """From now on it is as the values say.

        Vendors that are not here count as not named. Where every model is off, the first one stays: there is always
        something to order.
        """
        self.makers = {name: weight for name, weight in values.makers.items() if name in self.vendors} or self._usual
        """Who is active, in failover order, with their weights among equals."""
        self.paused = frozenset(values.paused_makers)
        """Who is given nothing new where somebody else can make it."""
        there = [_priced(model, values) for model in self._all(self.makers)]
        on_offer = [model for model in there if model.key not in values.models_off]
        self._on_offer = on_offer or [model for model in there if model.key == there[0].key]
        self._offers: dict[str, list[ClipModel]] = {}
        for model in self._on_offer:
            self._offers.setdefault(model.key, []).append(model)
        self._tell_of_missing(values.makers)

    @property
    def models(self) -> tuple[ClipModel, ...]:
        """Each model once, as the first provider offers it: that is the price people see."""
        return tuple(offers[0] for offers in self._offers.values())

    def offers_of(self, vendor: str) -> tuple[ClipModel, ...]:
        """What one vendor is given to make now."""
        return tuple(model for model in self._on_offer if model.provider == vendor)

    @property
    def everything(self) -> tuple[ClipModel, ...]:
        """Every model of every vendor, active or not, for the vendor's own price."""
        return tuple(self._all(self.vendors))

    @property
    def default(self) -> ClipModel:
        return self.models[0]

    def model(self, key: str) -> ClipModel:
        """The model `key`, or the default one where it has left the catalogue since it was chosen."""
        return self._offers[key][0] if key in self._offers else self.default

    def price(self, model: str, duration_s: int) -> int:
        """In credits. Raises ChoiceNotOffered."""
        prices = self.model(model).prices
        if duration_s not in prices:
            raise ChoiceNotOffered(f"{model} has no {duration_s} s")
        return prices[duration_s]

    def nearest_price(self, model: str, wanted_s: int) -> int:
        """In credits, of the length on offer that is nearest to the one wanted."""
        return self.price(model, self.model(model).nearest_length(wanted_s))

    def maker(self, key: str, shape: str, duration_s: int) -> str:
        """Which provider is to make it: one of those that do for the price people see, by their weights."""
        shown = self.model(key)
        at_most = self.price(key, duration_s)
        equals = [
            model.provider
            for model in self._offers[shown.key]
            if shape in model.shapes and model.prices.get(duration_s, at_most + 1) <= at_most
        ]
        equals = [name for name in equals if name not in self.paused] or equals
        weights = [self.makers[name] for name in equals]
        return random.choices(equals, weights)[0] if equals else shown.provider  # noqa: S311 - spreads load

    def elsewhere(
        self, key: str, shape: str, duration_s: int, *, at_most: int, without: Collection[str]
    ) -> ClipModel | None:
        """Who else can make it, for no more than `at_most` credits: an equal, else the next in failover order.

        A price that was raised since it was ordered is not held against the equals: they do it for the old one.
        """
        equals = self._offers.get(key, [])
        for_same = max(at_most, equals[0].prices.get(duration_s, 0)) if equals else at_most
        for model in (*equals, *self._on_offer):
            most = for_same if model.key == key else at_most
            fits = shape in model.shapes and model.prices.get(duration_s, most + 1) <= most
            free = model.provider in self.providers and model.provider not in (*without, *self.paused)
            if fits and free:
                return model
        return None

    def _all(self, vendors: Iterable[str]) -> list[ClipModel]:
        return [model for name in vendors for model in self.providers[name].models()]

    def _tell_of_missing(self, named: Iterable[str]) -> None:
        missing = {name for name in named if name not in self.vendors}
        if missing - self._missing:
            log.warning("vendors that are set cannot be used here", missing=sorted(missing))
        self._missing |= missing


def _priced(model: ClipModel, values: Values) -> ClipModel:
    """As people are offered it. What is set for lengths that it does not have counts for nothing."""
    wanted = values.prices.get(model.key, {})
    return replace(model, prices={length: wanted.get(str(length), own) for length, own in model.prices.items()})
