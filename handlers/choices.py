"""What a button's mark stands for."""

from __future__ import annotations

from collections.abc import Sequence

from conversation.callbacks import model_mark
from providers.base import ClipModel
from services.errors import ChoiceNotOffered


def model_meant(models: Sequence[ClipModel], mark: str) -> str:
    """The key of the model a button stands for. Raises ChoiceNotOffered."""
    for model in models:
        if model_mark(model.key) == mark:
            return model.key
    raise ChoiceNotOffered(mark)
