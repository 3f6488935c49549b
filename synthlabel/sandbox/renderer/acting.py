"""Subjects put into the finished scene: shadow or mirror image first, then the figure itself."""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from PIL import Image, ImageFilter

from synthlabel.sandbox.renderer import costume
from synthlabel.sandbox.renderer.blocking import Figure, block
from synthlabel.sandbox.renderer.colour import mix
from synthlabel.sandbox.renderer.lexicon import INDOORS, Place
from synthlabel.sandbox.renderer.stage import Stage

Arrangement: TypeAlias = Callable[[list[Figure]], list[Figure]]
_FLAT_GROUND: Final = frozenset({*INDOORS, Place.CITY})
_SMOOTH_GROUND: Final = frozenset({Place.SNOW, Place.SEA, Place.DESERT, Place.MARS, Place.MOON, Place.BEACH})


def perform(stage: Stage, picture: Image.Image, *, arrange: Arrangement | None = None) -> None:
    """Draw the cast of ``stage.reading`` onto ``picture`` (RGB, the final size), as ``arrange`` changes it."""
    figures = block(stage.reading, stage.ground, stage.rng, width_px=picture.width, height_px=picture.height)
    for figure in arrange(figures) if arrange else figures:
        _appear(stage, picture, figure)


def _appear(stage: Stage, picture: Image.Image, figure: Figure) -> None:
    from_left = stage.sun_x < 0.5
    body = figure.picture
    if stage.rng.random() < 0.5:
        body = body.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    haze = 0.06 + 0.12 * (1 - figure.depth) if stage.reading.place not in _FLAT_GROUND else 0.02
    body = costume.lit(body, stage.light, from_left=from_left, haze=haze)
    if figure.airborne:
        body = body.rotate(float(stage.rng.uniform(-7, 7)), Image.Resampling.BICUBIC, expand=True)
    elif not figure.cropped:
        body = _grounded(stage, body, figure)
    _set(stage, picture, body, figure)


def stand(stage: Stage, picture: Image.Image, figure: Figure) -> None:
    """Put a figure that is no illustration of ours into the scene: neither turned nor sunk, its colours kept."""
    body = costume.lit(figure.picture, stage.light, from_left=stage.sun_x < 0.5, haze=0.0)
    _set(stage, picture, Image.blend(figure.picture, body, 0.5), figure)


def _set(stage: Stage, picture: Image.Image, body: Image.Image, figure: Figure) -> None:
    size = (
        max(2, round(figure.width * body.width / figure.picture.width)),
        max(2, round(figure.height * body.height / figure.picture.height)),
    )
    grown = body.resize(size, Image.Resampling.BICUBIC)
    left, top = round(figure.x - size[0] / 2), round(figure.foot - size[1])
    if not figure.airborne and not figure.cropped:
        _mirror(stage, picture, grown, left=left, foot=round(figure.foot))
        _shadow(stage, picture, grown, figure)
    picture.paste(grown, (left, top), grown)


def _grounded(stage: Stage, body: Image.Image, figure: Figure) -> Image.Image:
    place = stage.reading.place
    if place is Place.SEA:
        return costume.sunk(body, stage.rng, share=0.1, ragged=False)
    if not stage.ground.soft:
        return body
    share = 0.17 if figure.kind in {"head", "bust"} else 0.025
    return costume.sunk(body, stage.rng, share=share, ragged=place not in _SMOOTH_GROUND)


def _shadow(stage: Stage, picture: Image.Image, grown: Image.Image, figure: Figure) -> None:
    """A dark contact line under the figure and a long soft shadow away from the light."""
    strength = stage.ground.shadow * (0.55 + 0.45 * stage.light.strength)
    if strength <= 0:
        return
    tint = tuple(int(channel) for channel in mix(stage.light.shade, stage.light.shade * 0, 0.45))
    wide, tall = grown.size
    scale = max(1, tall // 90)
    small = grown.getchannel("A").resize((max(2, wide // scale), max(2, tall // scale // 4)), Image.Resampling.BOX)
    pad = small.width // 2
    flat = Image.new("L", (small.width + 2 * pad, small.height + 8))
    flat.paste(small, (pad, 4))
    lean = (1.5 if stage.sun_x < 0.5 else -1.5) * min(1.0, abs(stage.sun_x - 0.5) * 3 + 0.2)
    flat = flat.transform(
        flat.size, Image.Transform.AFFINE, (1, lean, -lean * (small.height + 2), 0, 1, 0), Image.Resampling.BILINEAR
    )
    flat = flat.filter(ImageFilter.GaussianBlur(max(1.0, small.height / 9)))
    fade = np.linspace(0.3, 1.0, flat.height, dtype=np.float32)[:, None] * (strength * 0.8)
    cast = Image.fromarray((np.asarray(flat, np.float32) * fade).astype(np.uint8)).resize(
        (flat.width * scale, flat.height * scale), Image.Resampling.BILINEAR
    )
    foot = round(figure.foot - 0.02 * tall)
    picture.paste(tint, (round(figure.x) - cast.width // 2, foot - cast.height + 6 * scale), cast)
    _contact(picture, grown, figure, tint=tint, strength=strength)


def _contact(
    picture: Image.Image, grown: Image.Image, figure: Figure, *, tint: tuple[int, ...], strength: float
) -> None:
    alpha = np.asarray(grown.getchannel("A").resize((32, 32), Image.Resampling.BOX), np.float32)
    standing = np.flatnonzero(alpha[27:].max(axis=0) > 60)
    if standing.size == 0:
        return
    left, right = standing[0] / 32, (standing[-1] + 1) / 32
    wide = max(4, round((right - left) * grown.width * 1.3))
    tall = max(3, round(wide * 0.17))
    x, y = np.linspace(-1, 1, 48, dtype=np.float32), np.linspace(-1, 1, 16, dtype=np.float32)[:, None]
    spot = np.clip(1 - (x * x + y * y), 0, 1) ** 1.3 * min(1.0, strength * 1.5) * 255
    blob = Image.fromarray(spot.astype(np.uint8)).resize((wide, tall), Image.Resampling.BICUBIC)
    middle = figure.x - grown.width / 2 + (left + right) / 2 * grown.width
    picture.paste(tint, (round(middle - wide / 2), round(figure.foot - tall * 0.62)), blob)


def _mirror(stage: Stage, picture: Image.Image, grown: Image.Image, *, left: int, foot: int) -> None:
    """The upside-down image in water, wet street or polished floor."""
    if stage.ground.mirror <= 0:
        return
    flipped = grown.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize(
        (grown.width, max(2, round(grown.height * 0.7))), Image.Resampling.BILINEAR
    )
    fade = np.linspace(stage.ground.mirror, 0, flipped.height, dtype=np.float32)[:, None] ** 1.0
    alpha = np.asarray(flipped.getchannel("A"), np.float32) * fade
    picture.paste(
        flipped.convert("RGB"), (left, foot - max(1, grown.height // 60)), Image.fromarray(alpha.astype(np.uint8))
    )
