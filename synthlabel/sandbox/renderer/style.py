"""What a sandbox style does to a picture: its own three inks and its own surface, both from its identity."""

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageOps

from synthlabel.sandbox.renderer.chance import Rng, chance
from synthlabel.sandbox.renderer.colour import Colour, Floats, colour, rgb, shifted

_TILE: Final = 256
_TEXTURES: Final = ("weave", "halftone", "lines", "paper", "brush")


def styled(picture: Image.Image, style: str) -> Image.Image:
    """``picture`` as ``style`` shows it; unchanged for the empty style. The subject stays recognisable."""
    if not style:
        return picture
    rng = chance("style", style)
    blended = Image.blend(picture, _colorized(picture, _inks(rng)), float(rng.uniform(0.48, 0.66)))
    if rng.random() < 0.3:
        blended = ImageOps.posterize(blended, 4)
    texture = _TEXTURES[int(rng.integers(0, len(_TEXTURES)))]
    return ImageChops.overlay(blended, tiled(_texture(texture), blended.size))


def _inks(rng: Rng) -> list[Colour]:
    """Shadow, middle and light inks, spread on the wheel by a step that the style chooses."""
    hue, step = float(rng.uniform(0, 360)), float(rng.choice([35.0, 80.0, 150.0, 190.0]))
    dark = shifted(rgb("#33100f"), hue)
    middle = shifted(rgb("#d9534a"), hue + step)
    light = shifted(rgb("#ffe6d2"), hue + step * 2.2, saturation=1.4)
    return [dark, middle, light]


def _ink(ink: Colour) -> tuple[int, int, int]:
    return int(ink[0]), int(ink[1]), int(ink[2])


def _colorized(picture: Image.Image, inks: list[Colour]) -> Image.Image:
    dark, middle, light = (_ink(ink) for ink in inks)
    return ImageOps.colorize(ImageOps.autocontrast(picture.convert("L"), 1), dark, light, mid=middle)


def tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    """``tile`` repeated over ``size``, in RGB; each doubling pastes what is there already."""
    sheet = Image.new("RGB", size)
    sheet.paste(tile, (0, 0))
    wide = tile.width
    while wide < size[0]:
        sheet.paste(sheet.crop((0, 0, wide, tile.height)), (wide, 0))
        wide *= 2
    tall = tile.height
    while tall < size[1]:
        sheet.paste(sheet.crop((0, 0, size[0], tall)), (0, tall))
        tall *= 2
    return sheet


def _strokes(rng: Rng) -> Floats:
    """Slanting bristle marks: noise averaged along a diagonal that wraps round the tile."""
    bristles = rng.normal(0, 1, (_TILE, _TILE))
    marks = sum((np.roll(bristles, (step // 3, step), (0, 1)) for step in range(24)), np.zeros_like(bristles))
    return marks / marks.std() * 15


@lru_cache(maxsize=8)
def _texture(name: str) -> Image.Image:
    """A seamless tile around mid-grey, which an overlay leaves unchanged."""
    y, x = np.mgrid[0:_TILE, 0:_TILE].astype(np.float32)
    rng = chance("texture", name)
    patterns: dict[str, Floats] = {
        "weave": np.sin(x * (2 * np.pi / 8)) * 15 * (np.sin(y * (2 * np.pi / 16)) > 0)
        + np.sin(y * (2 * np.pi / 8)) * 15 * (np.sin(x * (2 * np.pi / 16)) > 0),
        "halftone": (np.sin((x + y) * (2 * np.pi / 8)) * np.sin((x - y) * (2 * np.pi / 8))) * 32,
        "lines": np.sin(y * (2 * np.pi / 4)) * 20,
        "paper": rng.normal(0, 13, x.shape),
        "brush": _strokes(rng),
    }
    grey = np.clip(128 + patterns[name], 0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def grade(endpoint: str) -> tuple[float, Colour]:
    """Each endpoint's slight own look: contrast and a white point."""
    if not endpoint:
        return 1.0, colour((1, 1, 1))
    rng = chance("endpoint", endpoint)
    return float(rng.uniform(0.96, 1.1)), colour(tuple(rng.uniform(0.96, 1.03, 3).tolist()))
