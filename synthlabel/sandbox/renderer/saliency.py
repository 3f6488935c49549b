"""Where the subject of a picture is, from its pixels alone.

Minimum barrier distance (Zhang et al., "Minimum Barrier Salient Object Detection at 80 FPS", ICCV 2015): how much the
colour must change on the easiest way to the picture's border. What stands apart from its surroundings is far away.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from synthlabel.sandbox.renderer.colour import Floats

Mask = NDArray[np.bool_]

_ROUNDS: Final = 3
_CHROMA_WEIGHT: Final = 1.7
_BORDER_COLOURS: Final = 24.0
_HISTOGRAM: Final = 64
_LEAST_CONTRAST: Final = 24.0


def barriers(picture: Image.Image) -> Floats:
    """``height × width``: 0 at the border, the more the farther (in colour) from it. ``picture``: RGB, small."""
    channels = np.asarray(picture.convert("YCbCr"), np.float32)
    channels = channels * np.array([1, _CHROMA_WEIGHT, _CHROMA_WEIGHT], np.float32)
    distance = np.where(_seeds(channels)[..., None], np.float32(0), np.float32(np.inf))
    distance = np.repeat(distance, 3, axis=2)
    high, low = channels.copy(), channels.copy()
    for _ in range(_ROUNDS):
        for axis in (0, 1):
            for step in (1, -1):
                layers = (np.swapaxes(layer, 0, axis)[::step] for layer in (channels, distance, high, low))
                _sweep(*layers)
    return np.asarray(distance.sum(axis=2), np.float32)


def _sweep(channels: Floats, distance: Floats, high: Floats, low: Floats) -> None:
    """Reach every row from the one before it, in place."""
    for row in range(1, channels.shape[0]):
        top = np.maximum(high[row - 1], channels[row])
        bottom = np.minimum(low[row - 1], channels[row])
        barrier = top - bottom
        nearer = barrier < distance[row]
        distance[row][nearer] = barrier[nearer]
        high[row][nearer] = top[nearer]
        low[row][nearer] = bottom[nearer]


def _seeds(channels: Floats) -> Mask:
    """The border, except where something crosses the lower edge that neither side shows: a bust, a close-up."""
    height, width, _ = channels.shape
    seeds = np.zeros((height, width), np.bool_)
    seeds[0], seeds[:, 0], seeds[:, -1] = True, True, True
    sides = np.concatenate([channels[height // 2 :, 0], channels[height // 2 :, -1]])
    gaps = np.abs(channels[-1][:, None] - sides[None]).sum(axis=2).min(axis=1)
    seeds[-1] = gaps < _BORDER_COLOURS
    return seeds


def threshold(values: Floats) -> float:
    """Otsu's threshold: it parts ``values`` into two classes with the least spread within each.

    Infinite where they hardly differ: then nothing stands out.
    """
    if values.size == 0 or float(np.ptp(values)) < _LEAST_CONTRAST:
        return float("inf")
    counts, edges = np.histogram(values, bins=_HISTOGRAM)
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts), counts.sum()
    sums = np.cumsum(counts * middles)
    above = total - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1 + int(np.nanargmax(between[:-1]))])


def components(mask: Mask) -> NDArray[np.int32]:
    """Connected areas of ``mask``, each with a number of its own from 1; 0 outside."""
    labels = np.where(mask, np.arange(1, mask.size + 1, dtype=np.int32).reshape(mask.shape), 0)
    while True:
        before = labels.copy()
        for axis in (0, 1):
            for step in (1, -1):
                rows = np.swapaxes(labels, 0, axis)[::step]
                for row in range(1, rows.shape[0]):
                    np.maximum(rows[row], rows[row - 1], out=rows[row], where=rows[row] > 0)
        if np.array_equal(before, labels):
            return labels
