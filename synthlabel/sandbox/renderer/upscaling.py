"""Enlarging: real resampling, no invention."""

from typing import Final

from PIL import Image, ImageFilter

from synthlabel.sandbox.renderer import finish

_PERCENT: Final = 60
_THRESHOLD: Final = 2


def upscale(source: Image.Image, size: tuple[int, int]) -> Image.Image:
    """``source`` (RGB or RGBA) resampled to exactly ``size`` px, lightly sharpened, with the badge."""
    grown = source.resize(size, Image.Resampling.LANCZOS)
    factor = size[0] / max(1, source.width)
    grown = grown.filter(ImageFilter.UnsharpMask(max(0.6, factor * 0.7), _PERCENT, _THRESHOLD))
    finish.badge(grown)
    return grown
