"""The stage: the float picture a scene is painted on, and the ground its subjects stand on."""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer.chance import Rng
from synthlabel.sandbox.renderer.colour import Colour, Floats, mix
from synthlabel.sandbox.renderer.light import Light
from synthlabel.sandbox.renderer.noise import enlarged
from synthlabel.sandbox.renderer.reading import Reading


@dataclass(slots=True)
class Ground:
    """Where subjects are put, as shares of the picture.

    ``near`` and ``far``: the height (0 top, 1 bottom) on which the nearest and the farthest subject stand;
    ``left`` and ``right``: how far they may spread; ``size``: height of a subject of size 1 when near.
    """

    near: float = 0.9
    far: float = 0.74
    left: float = 0.14
    right: float = 0.86
    size: float = 0.36
    soft: bool = True  # heads and busts sink into it: grass, snow, sand
    shadow: float = 0.5
    mirror: float = 0.0  # how strongly it reflects
    afloat: bool = False  # subjects hang in it: water, space


@dataclass(slots=True)
class Stage:
    """``pixels``: float32 ``height × width × 3``, 0-255, painted from back to front."""

    pixels: Floats
    reading: Reading
    light: Light
    rng: Rng
    ground: Ground = field(default_factory=Ground)
    sun_x: float = 0.5  # 0-1, where the light comes from

    @property
    def width(self) -> int:
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        return self.pixels.shape[0]

    @property
    def unit(self) -> float:
        """The length that keeps things in proportion in wide and tall pictures, px."""
        return min(self.width, self.height * 1.15)

    def far_colour(self, surface: Colour, distance: float) -> Colour:
        """``surface`` in this light, seen through haze; distance 0 is here, 1 the horizon."""
        return mix(self.light.on(surface), self.light.haze, distance)


def rows(stage: Stage, top: int = 0, bottom: int | None = None) -> Floats:
    """Row numbers as a column, to broadcast against columns."""
    return np.arange(top, stage.height if bottom is None else bottom, dtype=np.float32)[:, None]


def columns(stage: Stage) -> Floats:
    return np.arange(stage.width, dtype=np.float32)


def blend(region: Floats, paint: Floats, cover: Floats) -> None:
    """Paint over ``region`` in place; ``cover`` (2-D, 0-1) is how much of the paint is seen."""
    region += (paint - region) * cover[..., None]


def glow(stage: Stage, x: float, y: float, *, radius: float, tint: Colour, strength: float) -> None:
    """Add a round light at ``x, y`` (px). Screen blending, so it never burns out."""
    reach = radius * 3
    x0, x1 = max(0, int(x - reach)), min(stage.width, int(x + reach) + 1)
    y0, y1 = max(0, int(y - reach)), min(stage.height, int(y + reach) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    scale = max(1, int(radius / 10))
    dx = (np.linspace(x0, x1, max(2, (x1 - x0) // scale), dtype=np.float32) - x) / radius
    dy = (np.linspace(y0, y1, max(2, (y1 - y0) // scale), dtype=np.float32)[:, None] - y) / radius
    out = np.clip((dx * dx + dy * dy) / 9, 0, 1)
    light = strength * (1 - out) ** 2 / (1 + 29 * out) ** 1.6
    cover = enlarged(light.astype(np.float32), x1 - x0, y1 - y0)
    region = stage.pixels[y0:y1, x0:x1]
    region += (255 - region) * (cover[..., None] * (tint / 255))


def disc(stage: Stage, x: float, y: float, *, radius: float, tint: Colour, opacity: float = 1.0) -> None:
    """A filled circle with a smooth edge."""
    top, bottom = max(0, int(y - radius - 2)), min(stage.height, int(y + radius + 3))
    left, right = max(0, int(x - radius - 2)), min(stage.width, int(x + radius + 3))
    if top >= bottom or left >= right:
        return
    dy = np.arange(top, bottom, dtype=np.float32)[:, None] - y
    dx = np.arange(left, right, dtype=np.float32) - x
    cover = np.clip(radius - np.sqrt(dx * dx + dy * dy) + 0.5, 0, 1) * opacity
    blend(stage.pixels[top:bottom, left:right], tint, cover)


def place_sprite(stage: Stage, picture: Image.Image, *, x: float, foot: float, height: float, haze: float) -> None:
    """Scenery: an RGBA picture standing at ``x`` (middle) on row ``foot``, lit and hazed like its surroundings."""
    tall = max(2, round(height))
    wide = max(2, round(tall * picture.width / picture.height))
    small = np.asarray(picture.resize((wide, tall), Image.Resampling.BILINEAR), np.float32)
    left, top = round(x - wide / 2), round(foot - tall)
    x0, x1 = max(0, left), min(stage.width, left + wide)
    y0, y1 = max(0, top), min(stage.height, top + tall)
    if x0 >= x1 or y0 >= y1:
        return
    part = small[y0 - top : y1 - top, x0 - left : x1 - left]
    paint = mix(stage.light.on(part[..., :3]), stage.light.haze, haze)
    blend(stage.pixels[y0:y1, x0:x1], paint, part[..., 3] / 255)
