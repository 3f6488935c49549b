"""Layers of land: hills, rocky mountains, tree lines, water."""

import numpy as np

from synthlabel.sandbox.renderer import noise
from synthlabel.sandbox.renderer.colour import Colour, Floats, mix, rgb, smoothstep
from synthlabel.sandbox.renderer.stage import Stage, blend, columns, rows


def hill(
    stage: Stage, ridge: Floats, *, crest: Colour, foot: Colour, depth: float, grain: Floats | None = None
) -> None:
    """Fill everything below ``ridge`` (row per column, px), ``crest`` at the ridge to ``foot`` ``depth`` px lower."""
    top = max(0, int(ridge.min()) - 1)
    if top >= stage.height:
        return
    below = rows(stage, top) - ridge
    share = np.clip(below / np.float32(depth), 0, 1)
    paint = crest + (foot - crest) * share[..., None]
    if grain is not None:
        paint *= grain[top:][..., None]
    blend(stage.pixels[top:], paint, np.clip(below + 0.5, 0, 1))


def rolling(stage: Stage, y: float, *, swing: float, cells: float, octaves: int = 3) -> Floats:
    """A gentle ridge around row ``y``, ``swing`` px up and down."""
    stretch = max(0.6, stage.width / max(1, stage.height))
    return np.float32(y) - np.float32(swing) * noise.line(
        stage.rng, stage.width, cells=cells * stretch, octaves=octaves
    )


def rugged(stage: Stage, y: float, *, swing: float, cells: float) -> Floats:
    """A ridge of peaks rising up to ``swing`` px above row ``y``."""
    stretch = max(0.6, stage.width / max(1, stage.height))
    crest = noise.ridged(stage.rng, stage.width, cells=cells * stretch)
    low, high = float(crest.min()), float(crest.max())
    crest = (crest - low) / max(1e-3, high - low)
    return (y - swing * crest**1.35).astype(np.float32)


def rocks(stage: Stage, ridge: Floats, *, surface: Colour, snow: float, haze: float, depth: float) -> None:
    """Mountains: facets lit from the sun's side, and snow on the upper ``snow`` share of the peaks."""
    top = max(0, int(ridge.min()) - 1)
    bottom = min(stage.height, int(ridge.max() + depth))
    if top >= bottom:
        return
    below = rows(stage, top, bottom) - ridge
    lit = _facets(stage, top, bottom, ridge, below)
    dark, bright = (
        stage.light.on(surface * 0.5),
        mix(stage.light.on(surface * 1.25), stage.light.sun * stage.light.key, 0.12),
    )
    paint = dark + (bright - dark) * lit[..., None]
    if snow > 0:
        line = top + (ridge.max() - top) * snow
        teeth = noise.line(stage.rng, stage.width, cells=26 * stage.width / max(1, stage.height), octaves=2) * 0.035
        ragged = (line - rows(stage, top, bottom)) / stage.unit + (lit - 0.5) * 0.07 + teeth
        white = mix(stage.light.on(rgb("#ffffff")), stage.light.sun, 0.3)
        shadow = mix(stage.light.on(rgb("#93a9d8")), stage.light.sky[0], 0.2)
        blend(paint, shadow + (white - shadow) * smoothstep(0.3, 0.62, lit)[..., None], smoothstep(0.0, 0.012, ragged))
    veil = np.clip(haze + np.clip(below / depth, 0, 1) * (0.92 - haze) * 0.9, 0, 1)
    blend(paint, stage.light.haze, veil.astype(np.float32))
    blend(stage.pixels[top:bottom], paint, np.clip(below + 0.5, 0, 1))
    stage.pixels[bottom:] = stage.pixels[bottom - 1 : bottom]


def _facets(stage: Stage, top: int, bottom: int, ridge: Floats, below: Floats) -> Floats:
    """Light (0-1) on rock. Every crest sends an edge down the slope, between its lit and its dark side."""
    side = 1.0 if stage.sun_x < 0.5 else -1.0
    height, width = bottom - top, stage.width
    stretch = max(0.6, width / max(1, stage.height))
    slope = np.gradient(_smooth(ridge, max(1, round(stage.unit / 90))))
    crumble = noise.field(stage.rng, width, height, cells_x=16 * stretch, cells_y=12, octaves=4, roughness=0.6) - 0.5
    drift = below * (0.28 * side) + crumble * (0.09 * stage.unit)
    source = np.clip(columns(stage) - drift, 0, width - 1).astype(np.intp)
    return np.clip(0.5 + 0.5 * np.tanh(-side * slope[source] * 1.6) + crumble * 0.4, 0, 1).astype(np.float32)


def _smooth(values: Floats, reach: int) -> Floats:
    padded = np.pad(values, reach, mode="edge")
    return np.convolve(padded, np.full(2 * reach + 1, 1 / (2 * reach + 1), np.float32), mode="valid").astype(np.float32)


def conifers(stage: Stage, y: float, *, height: float, swing: float, gap: float) -> Floats:
    """The skyline of a spruce wood standing around row ``y``: a ridge to be filled by ``hill``."""
    base = rolling(stage, y, swing=swing, cells=1.6)
    x = columns(stage)
    crown = np.zeros(stage.width, np.float32)
    count = max(3, int(stage.width / gap * 1.5))
    for at, scale in zip(
        stage.rng.uniform(-gap, stage.width + gap, count), stage.rng.uniform(0.45, 1.0, count), strict=True
    ):
        tall = height * scale
        away = np.abs(x - np.float32(at)) / np.float32(tall * 0.2)
        tiers = tall * (1 - away) + tall * 0.075 * (np.mod(away * 9, 1) - 0.5) * (away < 1)
        np.maximum(crown, tiers.astype(np.float32), out=crown)
    return base - _smooth(crown, 1)


def canopy(stage: Stage, y: float, *, height: float, swing: float) -> Floats:
    """The skyline of leafy trees: round crowns in rows."""
    base = rolling(stage, y, swing=swing, cells=1.8)
    x = columns(stage)
    crown = np.zeros(stage.width, np.float32)
    count = max(4, int(stage.width / height * 3.4))
    for at, scale in zip(
        stage.rng.uniform(0, stage.width, count), stage.rng.uniform(0.3, 1.0, count) ** 1.4, strict=True
    ):
        wide = np.float32(height * scale * 0.62)
        bulge = np.sqrt(np.clip(1 - ((x - np.float32(at)) / wide) ** 2, 0, 1)) * height * scale
        np.maximum(crown, bulge.astype(np.float32), out=crown)
    return base - crown - np.float32(height * 0.05) * np.abs(noise.line(stage.rng, stage.width, cells=70, octaves=2))


def speckle(stage: Stage, *, cells: float, depth: float) -> Floats:
    """A multiplier around 1 that keeps grass, sand and soil from looking flat; finer towards the horizon."""
    stretch = stage.width / max(1, stage.height)
    coarse = noise.field(
        stage.rng, stage.width, stage.height, cells_x=cells * stretch, cells_y=cells * 2.6, octaves=4, roughness=0.7
    )
    return (1 + (coarse - 0.5) * np.float32(depth * 2)).astype(np.float32)


def water(stage: Stage, y: float, *, tint: Colour, calm: float, bottom: float | None = None) -> None:
    """Water from row ``y`` down (to ``bottom``): a rippled, tinted mirror of what is above it, with glitter."""
    top = max(1, int(y))
    end = stage.height if bottom is None else min(stage.height, int(bottom))
    if top >= end:
        return
    deep = rows(stage, top, end) - top
    share = (deep / max(1.0, end - top)).astype(np.float32)
    stretch = stage.width / max(1, stage.height)
    ripple = noise.field(stage.rng, stage.width, end - top, cells_x=9 * stretch, cells_y=70, octaves=2) - 0.5
    ripple = ripple * (0.25 + share)
    source = np.clip(top - 1 - deep * 0.85 + ripple * stage.unit * (0.22 - 0.18 * calm), 0, top - 1).astype(np.intp)
    mirrored = stage.pixels[source, np.arange(stage.width)[None, :]]
    body = mix(stage.light.on(tint), stage.light.haze, 0.15)
    paint = mirrored + (body - mirrored) * np.clip(0.22 + (0.62 - 0.35 * calm) * share, 0, 1)[..., None]
    paint *= (1 + ripple * (0.9 - 0.5 * calm))[..., None]
    _glitter(stage, paint, ripple, share)
    stage.pixels[top:end] = paint


def _glitter(stage: Stage, paint: Floats, ripple: Floats, share: Floats) -> None:
    away = np.abs(columns(stage) / stage.width - stage.sun_x) / (0.025 + 0.13 * share)
    sparkle = np.exp(-away * away) * smoothstep(0.02, 0.16, ripple + 0.05 * (1 - share))
    paint += (255 - paint) * ((sparkle * 0.75)[..., None] * (stage.light.sun / 255)).astype(np.float32)
