"""What can be ordered now, and for how much: the models of the active providers."""

from __future__ import annotations

from collections.abc import Sequence

from providers.base import ClipModel, Provider, Shape
from services.errors import ChoiceNotOffered


class Catalogue:
    """The providers in failover order; the first one's first model is the default."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self.providers = {provider.name: provider for provider in providers}
        self._models = {model.key: model for provider in providers for model in provider.models()}

    @property
    def models(self) -> tuple[ClipModel, ...]:
        return tuple(self._models.values())

    @property
    def default(self) -> ClipModel:
        return self.models[0]

    def model(self, key: str) -> ClipModel:
        """The model `key`, or the default one where it has left the catalogue since it was chosen."""
        return self._models.get(key, self.default)

    def price(self, model: str, duration_s: int) -> int:
        """In credits. Raises ChoiceNotOffered."""
        prices = self.model(model).prices
        if duration_s not in prices:
            raise ChoiceNotOffered(f"{model} has no {duration_s} s")
        return prices[duration_s]

    def nearest_duration(self, model: str, wanted_s: int) -> int:
        return min(self.model(model).prices, key=lambda seconds: abs(seconds - wanted_s))

    def shape_or_first(self, model: str, wanted: str) -> Shape:
        shapes = self.model(model).shapes
        return next((shape for shape in shapes if shape == wanted), shapes[0])
