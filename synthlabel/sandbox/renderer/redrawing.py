"""Image to image: the source's layout and palette, turning into the prompt's scene as the strength grows."""

import numpy as np
from PIL import Image, ImageFilter

from synthlabel.sandbox.renderer import finish
from synthlabel.sandbox.renderer.colour import Floats, smoothstep
from synthlabel.sandbox.renderer.painting import render
from synthlabel.sandbox.renderer.picture import Picture


def redraw(picture: Picture, source: Image.Image, *, strength: float) -> Image.Image:
    """``source`` redrawn as ``picture``: RGB, exactly its size. Strength 0 gives the source, 1 what render() gives."""
    drawn = render(picture)
    given = flattened(source).resize(drawn.size, Image.Resampling.LANCZOS)
    if strength >= 1:
        return drawn
    broad, fine = _share(0.3, 1.0, strength), _share(0.1, 0.8, strength)
    given_low, drawn_low = _low(given), _low(drawn)
    given_all, drawn_all = np.asarray(given, np.float32), np.asarray(drawn, np.float32)
    low = given_low + (drawn_low - given_low) * broad
    high = (given_all - given_low) * (1 - fine) + (drawn_all - drawn_low) * fine
    image = Image.fromarray(np.clip(low + high, 0, 255).astype(np.uint8))
    finish.badge(image)
    return image


def flattened(source: Image.Image) -> Image.Image:
    """Transparent parts become white, as image models see them."""
    if source.mode != "RGBA":
        return source.convert("RGB")
    ground = Image.new("RGBA", source.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, source).convert("RGB")


def _share(low: float, high: float, strength: float) -> Floats:
    return smoothstep(low, high, np.array(strength, np.float32))


def _low(image: Image.Image) -> Floats:
    return np.asarray(image.filter(ImageFilter.GaussianBlur(min(image.size) / 40)), np.float32)
