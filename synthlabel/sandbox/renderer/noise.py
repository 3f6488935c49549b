"""Value noise: cheap, smooth, and the same for the same random generator."""

import numpy as np
from PIL import Image

from synthlabel.sandbox.renderer.chance import Rng
from synthlabel.sandbox.renderer.colour import Floats


def enlarged(small: Floats, width: int, height: int) -> Floats:
    """``small`` (2-D) resampled smoothly to ``height × width``."""
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


def line(rng: Rng, length: int, *, cells: float, octaves: int = 4, roughness: float = 0.5) -> Floats:
    """1-D noise of about ±1, ``cells`` waves long at its coarsest."""
    total = np.zeros(length, np.float32)
    strength, spread = 1.0, 0.0
    for octave in range(octaves):
        knots = max(2, round(cells * 2**octave)) + 3
        values = rng.uniform(-1, 1, knots).astype(np.float32)
        at = np.linspace(0, knots - 2.001, length) + rng.uniform(0, 1)
        low = at.astype(int)
        t = at - low
        t = t * t * (3 - 2 * t)
        total += strength * (values[low] * (1 - t) + values[np.minimum(low + 1, knots - 1)] * t).astype(np.float32)
        spread += strength
        strength *= roughness
    return total / np.float32(spread) * np.float32(1.4)


def field(
    rng: Rng, width: int, height: int, *, cells_x: float, cells_y: float, octaves: int = 4, roughness: float = 0.5
) -> Floats:
    """2-D noise of about 0 to 1 (mean 0.5), shape ``height × width``."""
    total = np.zeros((2, 2), np.float32)
    strength, spread = 1.0, 0.0
    for octave in range(octaves):
        across = min(width, max(2, round(cells_x * 2**octave) + 2))
        down = min(height, max(2, round(cells_y * 2**octave) + 2))
        fine = rng.uniform(-1, 1, (down, across)).astype(np.float32)
        total = enlarged(total, across, down) + np.float32(strength) * fine
        spread += strength
        strength *= roughness
    return np.clip(0.5 + enlarged(total, width, height) / np.float32(spread) * 0.75, 0, 1).astype(np.float32)


def ridged(rng: Rng, length: int, *, cells: float, octaves: int = 5) -> Floats:
    """1-D noise of 0 to 1 with sharp crests: mountain ridges."""
    total = np.zeros(length, np.float32)
    strength, spread = 1.0, 0.0
    for octave in range(octaves):
        total += strength * (1 - np.abs(line(rng, length, cells=cells * 2**octave, octaves=1)))
        spread += strength
        strength *= 0.47
    return np.clip(total / spread, 0, 1).astype(np.float32)
