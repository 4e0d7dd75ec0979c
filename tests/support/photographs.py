"""Real photographs, from the sample images that come inside scikit-image."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Literal

import skimage.data
from PIL import Image

Name = Literal["astronaut", "chelsea", "coffee"]
ORIENTATION = 0x0112


@cache
def jpeg(name: Name = "chelsea", *, orientation: int | None = None, size: tuple[int, int] | None = None) -> bytes:
    """A photograph as a camera would store it; `orientation` is the EXIF tag, 1 … 8."""
    # Read as a file, since asking scikit-image for it imports all that it could read files with.
    with Image.open(Path(skimage.data.__file__).with_name(f"{name}.png")) as sample:
        picture = sample.convert("RGB")
    if size is not None:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    exif = Image.Exif()
    if orientation is not None:
        exif[ORIENTATION] = orientation
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, exif=exif)
    return out.getvalue()
