"""The last touches: vignette, dithering, grain, and the badge that says what the picture is."""

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

from synthlabel.sandbox.renderer.chance import chance
from synthlabel.sandbox.renderer.colour import Floats
from synthlabel.sandbox.renderer.noise import enlarged
from synthlabel.sandbox.renderer.stage import Stage
from synthlabel.sandbox.renderer.style import grade, tiled

BADGE_TEXT: Final = "SANDBOX"
_GRAIN_TILE: Final = 256


def developed(stage: Stage, endpoint: str, *, width_px: int, height_px: int) -> Image.Image:
    """The stage as an RGB picture of the final size, dithered so that soft gradients do not band."""
    contrast, white = grade(endpoint)
    pixels = stage.pixels
    if contrast != 1.0:
        pixels = (pixels - 128) * np.float32(contrast) + 128
    pixels = pixels * (_vignette(stage.width, stage.height)[..., None] * white)
    pixels += stage.rng.random((stage.height, stage.width, 1), dtype=np.float32)
    small = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    return (
        small if small.size == (width_px, height_px) else small.resize((width_px, height_px), Image.Resampling.BICUBIC)
    )


@lru_cache(maxsize=4)
def _vignette(width: int, height: int) -> Floats:
    x = np.linspace(-1, 1, 33, dtype=np.float32)
    out = x * x + x[:, None] ** 2
    return enlarged((1.015 - 0.075 * np.clip(out - 0.35, 0, None) ** 1.2).astype(np.float32), width, height)


def grained(picture: Image.Image) -> Image.Image:
    """Very light film grain."""
    return ImageChops.add(picture, tiled(_grain(), picture.size), 1, -128)


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    values = chance("grain").normal(128, 1.7, (_GRAIN_TILE, _GRAIN_TILE))
    return Image.fromarray(np.round(values).astype(np.uint8)).convert("RGB")


def badge(picture: Image.Image) -> None:
    """Put the pill into the bottom right corner. Nothing switches it off: nobody shall take these for a model's."""
    pill, at = _placed(picture.size)
    if picture.mode == "RGBA":
        picture.alpha_composite(pill, at)
    else:
        picture.paste(pill, at, pill)


def badge_corner(size: tuple[int, int]) -> tuple[int, int]:
    """Left and top of what the badge covers in a picture of ``size``, px; it reaches to the opposite corner."""
    return _placed(size)[1]


def _placed(size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]]:
    width, height = size
    pill = _pill(max(7, round(min(size) * 0.02)))
    margin = max(2, round(min(size) * 0.018))
    room = max(1, width - 2), max(1, height - 2)
    if pill.width > room[0] or pill.height > room[1]:
        pill = pill.resize((min(pill.width, room[0]), min(room[1], max(4, pill.height * room[0] // pill.width))))
    return pill, (max(0, width - pill.width - margin), max(0, height - pill.height - margin))


@lru_cache(maxsize=32)
def _pill(text_px: int) -> Image.Image:
    font = ImageFont.load_default(text_px)
    spacing = text_px * 0.1
    length = sum(font.getlength(letter) + spacing for letter in BADGE_TEXT)
    tall = round(text_px * 1.75)
    wide = round(length + text_px * 2.2)
    big = Image.new("L", (wide * 4, tall * 4))
    ImageDraw.Draw(big).rounded_rectangle((0, 0, wide * 4 - 1, tall * 4 - 1), tall * 2, fill=186)
    pill = Image.new("RGBA", (wide, tall), (15, 15, 16, 0))
    pill.putalpha(big.resize((wide, tall), Image.Resampling.LANCZOS))
    pen = ImageDraw.Draw(pill)
    dot = text_px * 0.22
    middle = tall / 2
    pen.ellipse((text_px * 0.85 - dot, middle - dot, text_px * 0.85 + dot, middle + dot), fill=(245, 165, 36, 255))
    x = text_px * 1.42
    for letter in BADGE_TEXT:
        pen.text((x, middle), letter, font=font, fill=(245, 245, 242, 255), anchor="lm")
        x += font.getlength(letter) + spacing
    return pill
