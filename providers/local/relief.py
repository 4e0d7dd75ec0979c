"""A guess at what is near and what is far in a photo: enough for a hint of depth, and never a tear.

No model: people put their subject near the middle and in focus, the ground is nearer than the sky, and what is far is
smooth. The guess is so soft that where it is wrong the picture only bends a little.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from providers.local.picture import Plane

Relief = NDArray[np.float32]

_WORK_WIDTH = 160
_FINE = 4


def relief(y: Plane) -> Relief:
    """Nearness 0 … 1 for a picture of which `y` is the brightness; a fourth of its width and height."""
    height, width = y.shape
    size = (_WORK_WIDTH, max(8, round(_WORK_WIDTH * height / width)))
    small = cv2.resize(y, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    edges = np.abs(cv2.Laplacian(cv2.GaussianBlur(small, (0, 0), 1.0), cv2.CV_32F))
    detail = cv2.GaussianBlur(edges, (0, 0), 0.06 * _WORK_WIDTH)
    busy = detail / max(float(np.percentile(detail, 95)), 1e-3)
    across, down = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    middle = np.exp(-(across**2 + (down - 0.1) ** 2) / 0.5)
    near = 0.4 * np.clip(busy, 0, 1) + 0.4 * middle + 0.2 * (down + 1) / 2
    soft = cv2.GaussianBlur(near.astype(np.float32), (0, 0), 0.07 * _WORK_WIDTH)
    scaled = (soft - soft.min()) / max(float(soft.max() - soft.min()), 1e-3)
    # Fine, so that looking a place up is smooth although OpenCV rounds places to 1/32 of a cell.
    return np.asarray(cv2.resize(scaled, (width // _FINE, height // _FINE), interpolation=cv2.INTER_CUBIC), np.float32)


def nearness(depths: Relief, picture: tuple[int, int], x: NDArray[np.float64], y: NDArray[np.float64]) -> Relief:
    """The relief at places of the picture (in its pixels); beyond its edges that of the edge."""
    columns = (x + 0.5) * (depths.shape[1] / picture[0]) - 0.5
    rows = (y + 0.5) * (depths.shape[0] / picture[1]) - 0.5
    found = cv2.remap(
        depths,
        columns.astype(np.float32),
        rows.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(found, np.float32)
