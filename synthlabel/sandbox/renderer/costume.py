"""A subject's picture made ready for its scene: repainted, flipped, mounted, lit, sunk into soft ground."""

import colorsys

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer import noise
from synthlabel.sandbox.renderer.chance import Rng
from synthlabel.sandbox.renderer.colour import Floats, colour, mix
from synthlabel.sandbox.renderer.lexicon import Rgb
from synthlabel.sandbox.renderer.light import Light


def painted(picture: Image.Image, paint: Rgb, *, share: float = 1.0) -> Image.Image:
    """``picture`` with its main hue turned to ``paint`` (``share`` of the way); other hues, a car's windows, stay."""
    hsv = np.asarray(picture.convert("RGB").convert("HSV"), np.float32).copy()
    alpha = picture.getchannel("A")
    hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255 for channel in paint))
    if saturation < 0.16:
        hsv[..., 1] *= 0.08
        hsv[..., 2] = hsv[..., 2] * (0.45 if value > 0.6 else 0.2 + 0.6 * value) + (
            value * 255 * 0.55 if value > 0.6 else 0
        )
    else:
        _turn(hsv, np.asarray(alpha, np.float32), hue=hue * 256, saturation=saturation * 255, share=share)
    result = Image.fromarray(np.clip(hsv, 0, 255).astype(np.uint8), "HSV").convert("RGB")
    result.putalpha(alpha)
    return result


def _turn(hsv: Floats, alpha: Floats, *, hue: float, saturation: float, share: float) -> None:
    """Turn the hues near the main one by the same angle. A thing without colour gets one."""
    weight = hsv[..., 1] * (alpha > 128)
    counts = np.histogram(hsv[..., 0], bins=32, range=(0, 256), weights=weight)[0]
    if counts.sum() < 40 * float((alpha > 128).sum()):
        hsv[..., 0], hsv[..., 1] = hue, np.maximum(hsv[..., 1], saturation * 0.7)
        return
    around = counts + np.roll(counts, 1) + np.roll(counts, -1)
    main = float(np.argmax(around)) * 8 + 4
    away = np.abs(np.mod(hsv[..., 0] - main + 128, 256) - 128)
    turn = np.mod(hue - main + 128, 256) - 128
    hsv[..., 0] = np.mod(hsv[..., 0] + np.where(away < 30, turn * share, 0), 256)


def mounted(rider: Image.Image, mount: Image.Image) -> Image.Image:
    """The rider behind the mount's back, as if sitting astride: one picture."""
    tall = round(mount.height * 0.78)
    wide = max(1, round(rider.width * tall / rider.height))
    lift = round(tall * 0.6)
    sheet = Image.new("RGBA", (max(mount.width, wide), mount.height + lift))
    small = rider.resize((wide, tall), Image.Resampling.LANCZOS)
    sheet.alpha_composite(small, ((sheet.width - wide) * 6 // 10, 0))
    sheet.alpha_composite(mount, ((sheet.width - mount.width) // 2, lift))
    return sheet


def lit(picture: Image.Image, light: Light, *, from_left: bool, haze: float) -> Image.Image:
    """``picture`` under the scene's light: key colour, a shaded far side, a bright rim towards the light, some haze."""
    rgba = np.asarray(picture, np.float32)
    rgb, alpha = rgba[..., :3], rgba[..., 3] / 255
    across = np.linspace(1, -1, picture.width, dtype=np.float32)[None, :, None] * (1 if from_left else -1)
    down = np.linspace(1, 0, picture.height, dtype=np.float32)[:, None, None]
    night = 1 - light.strength
    key = mix(colour((1, 1, 1)), light.key, 0.3 + 0.4 * night)
    shaded = rgb * key * (1 + across * (0.07 + 0.08 * night) - (1 - down) * 0.12)
    shaded = (
        mix(shaded, light.shade, 0.2 * night)
        + light.sun * (_rim(alpha, from_left=from_left) * (0.14 + 0.22 * night))[..., None]
    )
    shaded = mix(shaded, light.haze, haze)
    return Image.fromarray(np.clip(np.dstack([shaded, rgba[..., 3]]), 0, 255).astype(np.uint8))


def _rim(alpha: Floats, *, from_left: bool) -> Floats:
    """The edge of the shape that looks towards the light."""
    step = max(2, alpha.shape[0] // 48)
    moved = np.zeros_like(alpha)
    if from_left:
        moved[step // 2 :, step:] = alpha[: alpha.shape[0] - step // 2, :-step]
    else:
        moved[step // 2 :, :-step] = alpha[: alpha.shape[0] - step // 2, step:]
    return np.clip(alpha - moved, 0, 1) * alpha


def sunk(picture: Image.Image, rng: Rng, *, share: float, ragged: bool) -> Image.Image:
    """``picture`` with its lowest ``share`` hidden behind a wavy edge: grass, snow or water before it."""
    alpha = np.asarray(picture.getchannel("A"), np.float32)
    edge = picture.height * (1 - share * (1 + 0.35 * noise.line(rng, picture.width, cells=4, octaves=2)))
    if ragged:
        edge -= picture.height * 0.03 * np.abs(noise.line(rng, picture.width, cells=34, octaves=2))
    below = edge - np.arange(picture.height, dtype=np.float32)[:, None]
    result = picture.copy()
    result.putalpha(Image.fromarray((alpha * np.clip(below / 3 + 0.5, 0, 1)).astype(np.uint8)))
    return result.crop((0, 0, picture.width, max(2, round(picture.height * (1 - share * 0.85)))))
