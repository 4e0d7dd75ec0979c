"""The models the stand-in plays, and what each takes.

From the types of the official library (runwayml 5.24) and https://docs.dev.runwayml.com, read in November 2026. That
gen4_turbo makes any length from 2 to 10 s is a guess: its types say "int", older pages 5 or 10.
"""

from __future__ import annotations

from dataclasses import dataclass

IMAGE, TEXT = "image_to_video", "text_to_video"
_WIDE = ("1280:720", "720:1280")
_GEN4 = ("1280:720", "720:1280", "1104:832", "832:1104", "960:960", "1584:672")
_VEO = ("1280:720", "720:1280", "1920:1080", "1080:1920")
_ANY = tuple(range(2, 11))


@dataclass(frozen=True, slots=True)
class Model:
    """`ratios` are pixels, `lengths` seconds, `credits_per_second` a credit of $0.01; `default` is the usual length.

    `positions` are where in the clip pictures may stand, `more` the fields only this model knows.
    """

    ratios: tuple[str, ...]
    lengths: tuple[int, ...]
    credits_per_second: float
    default: int | None = None
    needs_text: bool = False
    positions: tuple[str, ...] = ("first",)
    more: tuple[str, ...] = ()


_GEN4_MORE = ("contentModeration",)
_VEO_MORE = ("negativePrompt", "audio")
_GEN45 = Model(_GEN4, _ANY, 12, needs_text=True, more=(*_GEN4_MORE, "outputFormat"))
_VEO31 = Model(_VEO, (4, 6, 8), 40, default=8, positions=("first", "last"), more=_VEO_MORE)
_VEO31_FAST = Model(_VEO, (4, 6, 8), 15, default=8, positions=("first", "last"), more=_VEO_MORE)

MODELS: dict[str, dict[str, Model]] = {
    IMAGE: {
        "gen4.5": _GEN45,
        "gen4_turbo": Model(_GEN4, _ANY, 5, default=10, more=_GEN4_MORE),
        "veo3.1": _VEO31,
        "veo3.1_fast": _VEO31_FAST,
    },
    TEXT: {
        "gen4.5": Model(_WIDE, _ANY, 12, needs_text=True, more=(*_GEN4_MORE, "outputFormat")),
        "veo3.1": Model(_VEO, (4, 6, 8), 40, default=8, needs_text=True, more=_VEO_MORE),
        "veo3.1_fast": Model(_VEO, (4, 6, 8), 15, default=8, needs_text=True, more=_VEO_MORE),
    },
}
NAMES = tuple(dict.fromkeys(name for models in MODELS.values() for name in models))
