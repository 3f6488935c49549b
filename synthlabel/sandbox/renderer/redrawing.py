"""Image to image: the source's layout and palette, turning into the prompt's scene as the strength grows."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from synthlabel.sandbox.renderer import finish
from synthlabel.sandbox.renderer.blocking import Figure
from synthlabel.sandbox.renderer.colour import Floats, smoothstep
from synthlabel.sandbox.renderer.cutting import flattened, subject_of
from synthlabel.sandbox.renderer.painting import completed, render, scene
from synthlabel.sandbox.renderer.picture import Picture

# Where strength begins and ends to change each property of the source.
_SUBJECT: Final = (0.1, 0.6)
_DETAIL: Final = (0.15, 0.75)
_PALETTE: Final = (0.35, 1.0)
_POSITION: Final = (0.6, 1.0)
_PATCH_PX: Final = 160


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the source's subject stood, px of the finished picture."""

    x: float
    foot: float
    height: float


def redraw(picture: Picture, source: Image.Image, *, strength: float) -> Image.Image:
    """``source`` redrawn as ``picture``: RGB, exactly its size. Strength 0 gives the source, 1 what render() gives.

    The prompt's first subject takes the place of the source's, if there is one.
    """
    if strength >= 1:
        return render(picture)
    given = flattened(source).resize((picture.width_px, picture.height_px), Image.Resampling.LANCZOS)
    image = Image.blend(given, _redrawn(picture, given, strength), float(_share(_SUBJECT, strength)))
    finish.badge(image)
    return image


def _redrawn(picture: Picture, given: Image.Image, strength: float) -> Image.Image:
    stage = scene(picture)
    drawn = finish.developed(stage, picture.endpoint, width_px=picture.width_px, height_px=picture.height_px)
    subject = subject_of(given) if stage.reading.roles else None
    spot = None
    if subject is not None:
        left, top, right, bottom = subject.box
        spot = _Spot((left + right) / 2, bottom, bottom - top)
        given = _without(given, subject.cut.getchannel("A"))
    ground = _mixed(given, drawn, strength)
    return completed(stage, ground, picture, arrange=lambda figures: _moved(figures, spot, strength))


def _moved(figures: list[Figure], spot: _Spot | None, strength: float) -> list[Figure]:
    """The largest figure where the source's subject stood; the stronger, the nearer to its own place."""
    if spot is None or not figures:
        return figures
    lead = max(figures, key=lambda figure: figure.height)
    own = float(_share(_POSITION, strength))
    moved = replace(
        lead,
        x=spot.x + (lead.x - spot.x) * own,
        foot=spot.foot + (lead.foot - spot.foot) * own,
        height=spot.height + (lead.height - spot.height) * own,
    )
    return [moved if figure is lead else figure for figure in figures]


def _mixed(given: Image.Image, drawn: Image.Image, strength: float) -> Image.Image:
    """Broad shapes and palette change later than fine detail."""
    broad, fine = _share(_PALETTE, strength), _share(_DETAIL, strength)
    given_low, drawn_low = _low(given), _low(drawn)
    low = given_low + (drawn_low - given_low) * broad
    high = (np.asarray(given, np.float32) - given_low) * (1 - fine) + (np.asarray(drawn, np.float32) - drawn_low) * fine
    return Image.fromarray(np.clip(low + high, 0, 255).astype(np.uint8))


def _low(image: Image.Image) -> Floats:
    return np.asarray(image.filter(ImageFilter.GaussianBlur(min(image.size) / 40)), np.float32)


def _share(span: tuple[float, float], strength: float) -> Floats:
    return smoothstep(*span, np.array(strength, np.float32))


def _without(image: Image.Image, alpha: Image.Image) -> Image.Image:
    """The subject painted over with what surrounds it."""
    small = image.copy()
    small.thumbnail((_PATCH_PX, _PATCH_PX), Image.Resampling.BOX)
    hole = alpha.resize(small.size, Image.Resampling.BOX).filter(ImageFilter.MaxFilter(7))
    kept = 1 - np.asarray(hole, np.float32)[..., None] / 255
    pixels, patch = np.asarray(small, np.float32), np.zeros((small.height, small.width, 3), np.float32)
    # From wide to narrow: the narrowest blur that still sees something of the surroundings wins.
    for radius in (48, 24, 12, 6):
        weight = _blurred(np.repeat(kept, 3, axis=2) * 255, radius) / 255
        near = _blurred(pixels * kept, radius) / np.maximum(weight, 1e-3)
        patch = np.where(weight > 0.04, near, patch)
    filled = Image.fromarray(np.clip(patch, 0, 255).astype(np.uint8)).resize(image.size, Image.Resampling.BICUBIC)
    return Image.composite(filled, image, hole.resize(image.size, Image.Resampling.BICUBIC))


def _blurred(pixels: Floats, radius: int) -> Floats:
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32)
