"""Subjects that the vendored set lacks, drawn here in its manner: plump shapes, soft light from the left."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

NAMES: Final[dict[str, tuple[str, float]]] = {"lighthouse": ("building", 1.9), "submarine": ("swimmer", 1.1)}
_SIDE: Final = 512  # drawn double, halved at the end for smooth edges


@lru_cache(maxsize=8)
def draw(name: str) -> Image.Image:
    """The RGBA picture of ``name`` (a key of NAMES), 256 px a side."""
    sheet = Image.new("RGBA", (_SIDE, _SIDE))
    _PAINTERS[name](sheet)
    return _lit(sheet).resize((_SIDE // 2, _SIDE // 2), Image.Resampling.LANCZOS)


def _lighthouse(sheet: Image.Image) -> None:
    pen = ImageDraw.Draw(sheet)
    for band in range(6):
        top, low = 150 + band * 52, 150 + (band + 1) * 52
        colour = "#f4f1ee" if band % 2 else "#e0483f"
        pen.polygon([(_left(top), top), (512 - _left(top), top), (512 - _left(low), low), (_left(low), low)], colour)
    pen.rounded_rectangle((150, 452, 362, 500), 18, "#8f96a8")
    pen.rounded_rectangle((178, 134, 334, 158), 10, "#4d5568")
    pen.rectangle((214, 78, 298, 136), "#ffe9a8")
    for x in (214, 254, 292):
        pen.rectangle((x, 78, x + 6, 136), "#4d5568")
    pen.pieslice((196, 20, 316, 140), 180, 360, "#d23a34")
    pen.ellipse((246, 6, 266, 26), "#8c2420")
    pen.rounded_rectangle((236, 404, 276, 462), 18, "#6a3b2e")
    for y in (222, 312):
        pen.rounded_rectangle((242, y, 270, y + 36), 12, "#39445e")


def _left(y: int) -> float:
    return 204 - (y - 150) * 0.13


def _submarine(sheet: Image.Image) -> None:
    pen = ImageDraw.Draw(sheet)
    pen.rounded_rectangle((250, 96, 266, 180), 8, "#c98a12")
    pen.rounded_rectangle((250, 90, 306, 112), 10, "#c98a12")
    pen.rounded_rectangle((196, 156, 324, 260), 34, "#eeb022")
    pen.ellipse((24, 212, 74, 292), "#b6bfcf")
    pen.ellipse((20, 262, 78, 352), "#98a2b6")
    pen.polygon([(54, 262), (130, 208), (130, 356)], "#d99a16")
    pen.rounded_rectangle((70, 206, 494, 372), 83, "#f8c32f")
    pen.rounded_rectangle((104, 330, 456, 372), 21, "#dd9f1c")
    for x in (180, 272, 364):
        pen.ellipse((x, 244, x + 66, 310), "#8d6512")
        pen.ellipse((x + 8, 252, x + 58, 302), "#8fdcf2")
        pen.ellipse((x + 16, 258, x + 36, 276), "#e4fbff")


_PAINTERS: Final[dict[str, Callable[[Image.Image], None]]] = {"lighthouse": _lighthouse, "submarine": _submarine}


def _lit(sheet: Image.Image) -> Image.Image:
    """Round the flat shapes: the alpha's blurred height gives a light edge at the left top, a dark one at the right."""
    alpha = sheet.getchannel("A")
    height = np.asarray(alpha.filter(ImageFilter.GaussianBlur(26)), np.float32)
    slope = np.gradient(height, axis=1) * 0.75 + np.gradient(height, axis=0) * 0.45
    rgb = np.asarray(sheet.convert("RGB"), np.float32) * (1 + np.clip(slope * 0.16, -0.36, 0.2)[..., None])
    lit = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))
    lit.putalpha(alpha)
    return lit
