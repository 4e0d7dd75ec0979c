"""What can be ordered now, and for how much: the models of the active providers."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from providers.base import ClipModel, Maker, Provider
from services.errors import ChoiceNotOffered


class Catalogue:
    """The providers in failover order; the first one's first model is the default.

    Providers that offer the same model are equals: work is spread over them by their weights.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        weights: Mapping[str, int] | None = None,
        others: Sequence[Maker[Any]] = (),
    ) -> None:
        """`others`: who makes what is no clip, of which nobody chooses a model."""
        self.providers: dict[str, Maker[Any]] = {maker.name: maker for maker in (*providers, *others)}
        self._weights = weights or {}
        self._offers: dict[str, list[ClipModel]] = {}
        for provider in providers:
            for model in provider.models():
                self._offers.setdefault(model.key, []).append(model)

    @property
    def models(self) -> tuple[ClipModel, ...]:
        """Each model once, as the first provider offers it: that is the price people see."""
        return tuple(offers[0] for offers in self._offers.values())

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
        weights = [self._weights.get(name, 1) for name in equals]
        return random.choices(equals, weights)[0] if equals else shown.provider  # noqa: S311 - spreads load

    def elsewhere(
        self, key: str, shape: str, duration_s: int, *, at_most: int, without: Collection[str]
    ) -> ClipModel | None:
        """Who else can make it, for no more than `at_most` credits: an equal, else the next in failover order."""
        equals = self._offers.get(key, [])
        others = [model for provider in self.providers.values() for model in provider.models()]
        for model in (*equals, *others):
            fits = shape in model.shapes and model.prices.get(duration_s, at_most + 1) <= at_most
            if fits and model.provider in self.providers and model.provider not in without:
                return model
        return None
