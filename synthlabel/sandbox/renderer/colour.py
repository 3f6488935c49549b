"""Colour arithmetic on float32 RGB, 0-255, last axis three long."""

import colorsys
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating]  # float32 wherever it is as large as a picture
Colour: TypeAlias = Floats  # shape (3,)


def rgb(code: str) -> Colour:
    """``"#ffa040"`` → ``[255, 160, 64]``."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


def colour(triple: tuple[float, float, float]) -> Colour:
    return np.array(triple, np.float32)


def mix(a: Floats, b: Floats, share: float) -> Floats:
    """``a`` at share 0, ``b`` at share 1."""
    return (a + (b - a) * np.float32(share)).astype(np.float32)


def shifted(a: Colour, degrees: float, *, saturation: float = 1.0, value: float = 1.0) -> Colour:
    """``a`` turned on the colour wheel, its saturation and value multiplied."""
    h, s, v = colorsys.rgb_to_hsv(*(np.clip(a, 0, 255) / 255).tolist())
    turned = colorsys.hsv_to_rgb((h + degrees / 360) % 1, min(1.0, s * saturation), min(1.0, v * value))
    return np.array(turned, np.float32) * 255


def luma(a: Floats) -> Floats:
    return (a @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.float32)


def smoothstep(low: float, high: float, x: Floats) -> Floats:
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def ramp(stops: list[Colour], t: Floats) -> Floats:
    """Colours of evenly spaced ``stops`` at ``t`` (0 to 1, any shape); the result has one axis more."""
    table = np.stack(stops)
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(t, at, table[:, channel]) for channel in range(3)], axis=-1).astype(np.float32)
