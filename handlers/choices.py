"""What a button stands for."""

from __future__ import annotations

from collections.abc import Sequence

from conversation.callbacks import Generate, GenerateAll, GenerateAllFor, GenerateFor, model_mark
from providers.base import ClipModel
from services.errors import ChoiceNotOffered
from services.live.values import Values


def model_meant(models: Sequence[ClipModel], mark: str) -> str:
    """The key of the model a button stands for. Raises ChoiceNotOffered."""
    for model in models:
        if model_mark(model.key) == mark:
            return model.key
    raise ChoiceNotOffered(mark)


def price_seen(tapped: Generate | GenerateAll | GenerateFor | GenerateAllFor, values: Values) -> int | None:
    """The price on a button, in credits; None where it says none and no price was ever set in the chat.

    Who taps one of those after that saw an old price: 0 has them asked again, as nothing costs nothing.
    """
    if isinstance(tapped, GenerateFor | GenerateAllFor):
        return tapped.price
    return 0 if values.prices else None
