"""Removing the background: what stands apart from its surroundings stays, with a soft edge."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer import finish
from synthlabel.sandbox.renderer.colour import Floats, smoothstep
from synthlabel.sandbox.renderer.saliency import Mask, barriers, components, threshold

_WORK_PX: Final = 192
_CLOSE_PX: Final = 256
_LARGE_SHARE: Final = 0.33  # more than this is probably scenery as well
_MINOR: Final = 0.18  # of the main part's weight
_FAINT: Final = 0.55  # of the level above which something stands apart
_WIDER_MAX: Final = 1.7
_PLAIN: Final = 0.22  # below this share of that level everything is background
_BIN: Final = (16, 8, 8)  # how finely colours are told apart: luma, blue, red
_COMMON: Final = 0.004  # of the background's pixels
_MARGIN: Final = 0.16
_SUBJECT_SHARES: Final = (0.015, 0.6)  # of the picture; anything else is taken for a scene
_OPAQUE: Final = 24
_EDGE_PX: Final = 1024  # edges are refined at this size at most


def cut_out(source: Image.Image) -> Image.Image:
    """``source`` (RGB or RGBA) without its background: RGBA with a soft edge, the same size, with the badge."""
    cut = lifted(source)
    finish.badge(cut)
    return cut


def mask_of(source: Image.Image) -> Image.Image:
    """L, the size of ``source``: 255 where the subject is."""
    return lifted(source).getchannel("A")


@dataclass(frozen=True, slots=True)
class Subject:
    """``cut``: RGBA, the size of the picture; ``box``: what is left of it (left, top, right, bottom, px)."""

    cut: Image.Image
    box: tuple[int, int, int, int]

    @property
    def trimmed(self) -> Image.Image:
        return self.cut.crop(self.box)


def subject_of(source: Image.Image) -> Subject | None:
    """The subject of ``source``; None for a picture that has none, such as a landscape."""
    cut = lifted(source)
    # An earlier picture's badge is no part of its subject.
    left, top = finish.badge_corner(cut.size)
    cut.paste((0, 0, 0, 0), (max(0, left - 2), max(0, top - 2), cut.width, cut.height))
    alpha = np.asarray(cut.getchannel("A"))
    box = Image.fromarray(np.where(alpha > _OPAQUE, 255, 0).astype(np.uint8)).getbbox()
    smallest, largest = _SUBJECT_SHARES
    return Subject(cut, box) if box and smallest <= float(alpha.mean()) / 255 <= largest else None


def flattened(source: Image.Image) -> Image.Image:
    """RGB; transparent parts become white, as image models see them."""
    if source.mode != "RGBA":
        return source.convert("RGB")
    ground = Image.new("RGBA", source.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, source).convert("RGB")


def lifted(source: Image.Image) -> Image.Image:
    """The subject alone, RGBA. Transparency that is there already is believed."""
    if source.mode == "RGBA" and np.asarray(source.getchannel("A")).min() < 128:
        return source.copy()
    cut = source.convert("RGB")
    cut.putalpha(_alpha(cut))
    return cut


def _alpha(picture: Image.Image) -> Image.Image:
    """First where the subject is, then a closer look there, then its edge. Where nothing stands out, all stays."""
    whole = _subject(picture, _WORK_PX, with_badge=True)
    box = _box(whole, picture.size)
    close = picture.crop(box)
    near = _subject(close, _CLOSE_PX, with_badge=False)
    if not near.any():
        return Image.new("L", picture.size, 255)
    rough = Image.new("L", picture.size)
    rough.paste(_grown(near, close.size), box)
    return _refined(picture, rough)


def _subject(picture: Image.Image, side_px: int, *, with_badge: bool) -> Mask:
    """The main parts of what stands apart, at ``side_px`` at most."""
    small = picture.copy()
    small.thumbnail((side_px, side_px), Image.Resampling.BOX)
    values = barriers(small)
    if with_badge:
        left, top = finish.badge_corner(small.size)
        values[top:, left:] = 0
    level = threshold(values)
    mask = values > level
    if mask.mean() > _LARGE_SHARE and with_badge:
        mask = values > threshold(values[mask])
    surroundings = _familiar(small, values < level * _PLAIN)
    wide = _spread(_main(mask, values), (values > level * _FAINT) & ~surroundings)
    return _filled(wide, surroundings)


def _main(mask: Mask, values: Floats) -> Mask:
    """Without the parts that weigh little beside the heaviest: clouds, blossoms, the moon."""
    labels = components(mask)
    weights = np.bincount(labels.ravel(), (values * _middle(values.shape)).ravel())
    weights[0] = 0
    return (weights >= weights.max() * _MINOR)[labels] & mask


def _familiar(picture: Image.Image, background: Mask) -> Mask:
    """Where the colour is one that the background shows as well."""
    bins = np.asarray(picture.convert("YCbCr"), np.int32) // np.array(_BIN, np.int32)
    shape = (16, 32, 32)
    counts = np.zeros(shape, np.float32)
    np.add.at(counts, tuple(bins[background].T), 1)
    for axis in range(3):
        counts = counts + np.roll(counts, 1, axis) + np.roll(counts, -1, axis)
    common = counts > max(1.0, background.sum() * _COMMON)
    return common[bins[..., 0], bins[..., 1], bins[..., 2]]


def _spread(mask: Mask, fainter: Mask) -> Mask:
    """With the fainter parts that touch the subject (wheels, a white band), unless they are larger than itself."""
    labels = components(fainter | mask)
    touching = np.unique(labels[mask])
    wider = np.isin(labels, touching[touching > 0])
    return wider if wider.sum() < mask.sum() * _WIDER_MAX else mask


def _middle(shape: tuple[int, ...]) -> Floats:
    """Subjects stand in the middle and below it rather than at the edges."""
    y = np.linspace(-1.15, 0.85, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)
    return np.exp(-(x * x + y * y) * np.float32(0.9))


def _filled(mask: Mask, surroundings: Mask) -> Mask:
    """Without holes: what the outside cannot reach belongs to the subject, unless it looks like the background."""
    labels = components(np.pad(~mask, 1, constant_values=True))
    return mask | ((labels != labels[0, 0])[1:-1, 1:-1] & ~surroundings)


def _box(mask: Mask, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Around the subject with a margin, in px of the picture; the whole picture if there is no subject."""
    ys, xs = np.nonzero(mask)
    if xs.size == 0:
        return 0, 0, *size
    scale_x, scale_y = size[0] / mask.shape[1], size[1] / mask.shape[0]
    margin = _MARGIN * max((xs.max() - xs.min()) * scale_x, (ys.max() - ys.min()) * scale_y) + 2 * scale_x
    return (
        max(0, int(xs.min() * scale_x - margin)),
        max(0, int(ys.min() * scale_y - margin)),
        min(size[0], int((xs.max() + 1) * scale_x + margin)),
        min(size[1], int((ys.max() + 1) * scale_y + margin)),
    )


def _grown(mask: Mask, size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(np.where(mask, 255, 0).astype(np.uint8)).resize(size, Image.Resampling.BILINEAR)


def _refined(picture: Image.Image, rough: Image.Image) -> Image.Image:
    """The rough mask, its edge drawn along the picture's: a guided filter (He et al., ECCV 2010) on grey and colour."""
    small = picture.copy()
    small.thumbnail((_EDGE_PX, _EDGE_PX), Image.Resampling.LANCZOS)
    guess = np.asarray(rough.resize(small.size, Image.Resampling.BILINEAR), np.float32) / 255
    radius = max(2, round(max(small.size) / 110))
    guides = np.asarray(small.convert("YCbCr"), np.float32) / 255
    alphas = [_guided(guides[..., channel], guess, radius) for channel in range(3)]
    alpha = smoothstep(0.28, 0.72, np.mean(alphas, axis=0))
    soft = Image.fromarray(np.round(alpha * 255).astype(np.uint8))
    return soft.resize(picture.size, Image.Resampling.BICUBIC)


def _guided(guide: Floats, values: Floats, radius: int) -> Floats:
    mean_g, mean_v = _mean(guide, radius), _mean(values, radius)
    slope = (_mean(guide * values, radius) - mean_g * mean_v) / (_mean(guide * guide, radius) - mean_g**2 + 2e-4)
    return _mean(slope, radius) * guide + _mean(mean_v - slope * mean_g, radius)


def _mean(values: Floats, radius: int) -> Floats:
    """The mean over the square of ``radius`` px around each pixel; edge pixels go on outside."""
    span = 2 * radius + 1
    for axis in (0, 1):
        wide = np.pad(values, [(radius + 1, radius) if each == axis else (0, 0) for each in (0, 1)], mode="edge")
        sums = np.cumsum(wide, axis=axis, dtype=np.float64)
        ahead = np.take(sums, range(span, sums.shape[axis]), axis=axis)
        values = (ahead - np.take(sums, range(sums.shape[axis] - span), axis=axis)) / span
    return values.astype(np.float32)
